import { test } from 'tap'
import { fakeKubelet } from '../support/fake-kubelet.ts'
import { only, testRollouts, workload } from '../support/rollout.ts'

const log = [
  'starting',
  '\u001b[31mError: PORT is not set\u001b[0m',
  '    at main (/app/x.js:1:7)',
  '',
].join('\n')

test('a failed rollout on a real control plane', async (t) => {
  const kubelet = await fakeKubelet(t, log)

  const crashing = () => {
    const web = workload('Deployment', 'crash-loop')
    const { template } = web['spec'] as { template: { spec: object } }
    const spec = { ...template.spec, nodeName: kubelet.nodeName }
    return { ...web, spec: { ...(web['spec'] as object), template: { ...template, spec } } }
  }

  await t.test('is told with the last words of its container', async (t) => {
    const rollouts = await testRollouts(t)
    const targets = await rollouts.apply(crashing())

    const found = await rollouts.await(targets)

    t.equal(found.kind, 'degraded')
    t.match(
      only(found).message,
      /^pod web-\S+: container agent: CrashLoopBackOff: .*: last exit: Error, code 1; its log says: Error: PORT is not set$/,
    )
    const { namespace } = rollouts
    t.match(kubelet.asked, [
      new RegExp(`^/containerLogs/${namespace}/web-[^/]+/agent\\?limitBytes=32768&tailLines=50$`),
    ])
  })

  await t.test('is told without them where no kubelet answers', async (t) => {
    const rollouts = await testRollouts(t)
    kubelet.close()
    const targets = await rollouts.apply(crashing())
    const started = Date.now()

    const found = await rollouts.await(targets)

    t.equal(found.kind, 'degraded')
    t.match(only(found).message, /last exit: Error, code 1$/)
    t.ok(Date.now() - started < 15_000, `${Date.now() - started} ms`)
  })
})
