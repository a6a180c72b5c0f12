import { test } from 'tap'
import type { HealthRule } from '../../src/domain/application.ts'
import { live } from '../support/health-cases.ts'
import { assertAtRest, begin, labels, targetOf } from '../support/health-wait.ts'
import { comeToRest } from '../support/held-time.ts'

const hasAddress: HealthRule = {
  group: '',
  kind: 'Service',
  healthy: 'size(status.?loadBalancer.?ingress.orValue([])) > 0',
  failed: 'status.conditions.exists(c, c.type == "Failed" && c.status == "True")',
  progressing: undefined,
}
const balancer = (status: object) =>
  live('v1', 'Service', {
    metadata: { labels },
    spec: { type: 'LoadBalancer', clusterIP: '10.0.0.1' },
    status: { ...status },
  })

test('a kind with a health rule', async (t) => {
  await t.test('is waited for though no sync waits for it without one', async (t) => {
    const run = begin(t, [targetOf(balancer({}))], { rules: [hasAddress] })
    run.memory.put(balancer({}))
    void run.wait()
    await comeToRest()
    t.equal(run.result(), undefined)

    run.memory.put(balancer({ loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } }))
    await comeToRest()

    t.equal(run.result()?.kind, 'healthy')
    await assertAtRest(t, run)
  })

  await t.test('fails the wait at once', async (t) => {
    const run = begin(t, [targetOf(balancer({}))], { rules: [hasAddress] })
    run.memory.put(balancer({}))
    void run.wait()
    await comeToRest()

    run.memory.put(balancer({ conditions: [{ type: 'Failed', status: 'True' }] }))
    await comeToRest()

    t.equal(run.result()?.kind, 'degraded')
    t.match(run.result()?.objects[0]?.assessment.message, /^failed, by "failed" of the health rule/)
  })

  for (const healthy of ['spec.type + 1 == 2', 'spec.type', 'spec.type.exists(c, c == 1)']) {
    await t.test(`fails the wait at once where types do not allow it: ${healthy}`, async (t) => {
      const rules = [{ ...hasAddress, healthy, failed: undefined }]
      const run = begin(t, [targetOf(balancer({}))], { rules })
      run.memory.put(balancer({}))

      const { kind, objects } = await run.wait()

      t.equal(kind, 'degraded')
      t.match(objects[0]?.assessment, { health: 'Unknown', message: /cannot be evaluated: / })
    })
  }

  await t.test('is waited for while it cannot be evaluated for what may change', async (t) => {
    const rules = [{ ...hasAddress, healthy: 'size(status.ports) > 0', failed: undefined }]
    const run = begin(t, [targetOf(balancer({ ports: null }))], { rules, timeoutMs: 60_000 })
    run.memory.put(balancer({ ports: null }))
    void run.wait()
    await run.time.pass(60_000)

    t.equal(run.result()?.kind, 'timeout')
    t.match(run.result()?.objects[0]?.assessment, {
      health: 'Unknown',
      message: /cannot be evaluated/,
    })
  })

  await t.test('is healthy as applied: no request is made', async (t) => {
    const ready = balancer({ loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } })
    const run = begin(t, [targetOf(ready)], { rules: [hasAddress] })

    t.equal((await run.wait()).kind, 'healthy')
    t.strictSame(run.memory.requests, [])
  })
})
