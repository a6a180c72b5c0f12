import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'tap'
import { runLandfall } from '../support/instance.ts'
import { processesIn } from '../support/processes.ts'

test('landfall demo --once plays every story and leaves nothing behind', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'demo-'))
  t.teardown(() => rm(dir, { recursive: true, force: true }))

  const { code, stdout, stderr } = await runLandfall(['demo', '--once'], { TMPDIR: dir })

  t.equal(code, 0, stdout + stderr)
  for (const story of ['scale', 'set image', 'env', 'delete', 'exec', 'revert'])
    t.match(stdout, story)
  t.strictSame(await readdir(dir), [])
  t.strictSame(await processesIn(dir), [])
})
