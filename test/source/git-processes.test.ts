import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Test, test } from 'tap'
import type { Application } from '../../src/domain/application.ts'
import type { Source } from '../../src/source/source.ts'
import { aRepository, aSource, noSignal } from '../support/a-source.ts'
import { anApplication } from '../support/an-application.ts'

/** A git that writes down which of its commands it is started for. */
async function aCountedGit(t: Test) {
  const { dir, repository } = await aRepository(t)
  const bin = join(dir, 'bin')
  const log = join(dir, 'log')
  await mkdir(bin)
  await writeFile(
    join(bin, 'git'),
    `#!/bin/sh\nprintf '%s\\n' "$1" >>${log}\nPATH=/usr/local/bin:/usr/bin:/bin exec git "$@"\n`,
  )
  await chmod(join(bin, 'git'), 0o755)
  const source = aSource(dir, { path: `${bin}:/usr/bin:/bin` })
  const takeStarted = async () => {
    const started = (await readFile(log, 'utf8')).trim().split('\n')
    await rm(log)
    return started
  }
  return { dir, repository, source, takeStarted }
}

/** What a sync asks of the new commit. */
async function readTip(source: Source, application: Application) {
  const tip = await source.fetchTip(application, noSignal)
  await source.pathTree(application, tip)
  const { files } = await source.readTree(application, tip, noSignal)
  await Promise.all(files.map((file) => file.read()))
  return tip
}

test('how often git is started', async (t) => {
  const { dir, repository, source, takeStarted } = await aCountedGit(t)
  const application = anApplication({ repo: repository.url })
  const first = await readTip(source, application)
  await takeStarted()

  await t.test('once for a push, as long as others come soon', async (t) => {
    await repository.commit({ 'apps/task-agent/more.yaml': 'b: 2\n' })

    await readTip(source, application)

    t.strictSame(await takeStarted(), ['fetch'])
  })

  await t.test('never for what a commit was asked before', async (t) => {
    t.strictSame(await source.localRevision(application, first.sha), first)
    const tree = await source.pathTree(application, first)

    t.equal(tree, await repository.git('rev-parse', `${first.sha}:apps/task-agent`))
    await t.rejects(takeStarted(), { code: 'ENOENT' })
  })

  await t.test('again when the mirror is another one', async (t) => {
    await rm(join(dir, 'data', 'mirrors'), { recursive: true })

    t.equal(await source.localRevision(application, first.sha), undefined)
    await t.rejects(source.pathTree(application, first), { code: 'SOURCE_REVISION_GONE' })
  })
})
