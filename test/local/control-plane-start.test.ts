import { type Test, test } from 'tap'
import { startControlPlane } from '../../src/local/control-plane.ts'
import type { ControlPlaneTools } from '../../src/local/control-plane-argv.ts'
import { isRunning, type ProcessIdentity } from '../../src/local/process-identity.ts'
import { findControlPlaneTools } from '../../src/local/stack-tools.ts'

async function attempt(t: Test, tools: Partial<ControlPlaneTools>, signal?: AbortSignal) {
  const processes: ProcessIdentity[] = []
  const starting = startControlPlane({
    dataDir: t.testdir(),
    tools: { ...(await findControlPlaneTools(process.env)), ...tools },
    audit: false,
    throwaway: true,
    lifetime: 'parent',
    onStart: (identity) => processes.push(identity),
    ...(signal === undefined ? {} : { signal }),
  })
  return { processes, starting }
}

test('a control plane that does not start', async (t) => {
  await t.test(
    'names the program that ended and its log, and leaves nothing running',
    async (t) => {
      const { processes, starting } = await attempt(t, { 'kube-apiserver': '/bin/false' })

      await t.rejects(starting, {
        code: 'LOCAL_STACK_FAILED',
        text: /^kube-apiserver ended with code 1 while starting: read \S+kube-apiserver\.log$/,
      })

      t.same(
        processes.map(({ name }) => name),
        ['etcd', 'kube-apiserver'],
      )
      t.notOk(processes.some(isRunning))
    },
  )

  await t.test('because it was interrupted leaves nothing running', async (t) => {
    const stop = new AbortController()
    const { processes, starting } = await attempt(t, {}, stop.signal)
    stop.abort()

    await t.rejects(starting, { code: 'LOCAL_STACK_FAILED', text: 'the start was interrupted' })

    t.notOk(processes.some(isRunning))
  })
})
