import { access, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Test, test } from 'tap'
import { StageError } from '../../src/domain/error.ts'
import type { Isolation } from '../../src/sandbox/isolation.ts'
import { aListener } from '../support/a-listener.ts'
import { aRenderer, renderInput } from '../support/a-render.ts'
import { writeProgram } from '../support/a-tool.ts'
import { isolations } from '../support/isolations.ts'
import { rendererTools } from '../support/tools.ts'

const kustomization = {
  'app/kustomization.yaml': 'resources: [a.yaml]\n',
  'app/a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {k: v}\n',
}
const kustomize = { render: { type: 'kustomize' } } as const

/** What a render ends in when kustomize has been taken over by its input and does this. */
async function takenOver(t: Test, isolation: Isolation, script: string, timeoutMs = 20_000) {
  const dir = await mkdtemp(join(tmpdir(), 'landfall-test-'))
  t.teardown(() => rm(dir, { recursive: true, force: true }))
  const tool = join(dir, 'kustomize')
  await writeProgram(tool, `#!/bin/bash\nPATH=/usr/bin:/bin\n${script}\n`)
  const tools = { ...(await rendererTools()), kustomize: tool }
  const renderer = await aRenderer(t, { tools, isolation, timeoutMs })
  const error: unknown = await renderer
    .render(renderInput(t, kustomization, kustomize))
    .catch((cause: unknown) => cause)
  if (!(error instanceof StageError)) throw new Error('it was rendered', { cause: error })
  t.ok(error.message.length < 2500, 'the error is short')
  return error
}

test('a renderer that was taken over', async (t) => {
  const [strongest, ...weaker] = await isolations(t)
  if (strongest === undefined) throw new Error('there is always an isolation')

  await t.test('D5: that writes without end, or never ends, says so', async (t) => {
    for (const isolation of [strongest, ...weaker]) {
      const endless = await takenOver(t, isolation, 'exec yes')
      const hidden = await takenOver(t, isolation, 'setsid sleep 6 & sleep 60', 1500)

      t.match(endless, { code: 'RENDER_LIMIT', text: /wrote more than/ })
      t.match(hidden, { code: 'RENDER_TIMEOUT', text: /longer than 1500 ms/ })
    }
  })

  await t.test('D5: that is killed, or fills a disk, is told from one that fails', async (t) => {
    const disk = 'yes | head -c 100000000 > "$TMPDIR/a" || { echo full >&2; exit 1; }'

    t.match(await takenOver(t, strongest, 'kill -9 $$'), { text: /was ended by/ })
    if (strongest.prlimit !== undefined) {
      t.match(await takenOver(t, strongest, disk), { code: 'RENDER_FAILED', text: /full/ })
    }
  })

  await t.test('R20: that finds its disk full says so, and is tried again', async (t) => {
    const full = 'echo "write /tmp/a: no space left on device" >&2; exit 1'

    const error = await takenOver(t, strongest, full)

    t.match(error, { code: 'RENDER_FAILED', text: /disk under dataDir is full/ })
    t.strictSame(error.retry, { kind: 'backoff' })
  })

  await t.test('D2, C4: reaches no listener, and reads and writes nothing outside', async (t) => {
    const listener = await aListener(t)
    const outside = t.testdir({ secret: 'c4nary' })
    const marker = join(outside, 'marker')
    const connect = `exec 3<>/dev/tcp/127.0.0.1/${new URL(listener.url).port} && echo open >&2`
    const attack = `(${connect}); cat ${join(outside, 'secret')} >&2; : > ${marker}; exit 9`

    const error = await takenOver(t, strongest, attack)

    t.equal(error.code, 'RENDER_FAILED')
    t.equal(listener.connections(), strongest.kind === 'none' ? 1 : 0)
    if (strongest.kind !== 'full') return
    t.notMatch(error.text, /c4nary/)
    await t.rejects(access(marker), { code: 'ENOENT' })
  })
})

test('every isolation renders the same', async (t) => {
  for (const isolation of await isolations(t)) {
    const renderer = await aRenderer(t, { isolation })

    const { objects } = await renderer.render(renderInput(t, kustomization, kustomize))

    t.match(objects[0]?.object, { data: { k: 'v' } }, isolation.kind)
  }
})
