import { test } from 'tap'
import { refOf } from '../../src/domain/kube-object.ts'
import { condition, live, secondsAgo } from '../support/health-cases.ts'
import {
  assertAtRest,
  begin,
  complete,
  deployment,
  justApplied,
  labels,
  started,
  targetOf,
} from '../support/health-wait.ts'
import { comeToRest } from '../support/held-time.ts'

test('waiting for health', async (t) => {
  await t.test('of objects without a rollout makes no request', async (t) => {
    const kinds = ['ConfigMap', 'Secret', 'Service', 'ServiceAccount']
    const run = begin(
      t,
      kinds.map((kind) => targetOf(live('v1', kind, { metadata: { labels } }))),
    )

    const found = await run.wait()

    t.equal(found.kind, 'healthy')
    t.equal(found.objects.length, 4)
    t.strictSame(run.memory.requests, [])
    await assertAtRest(t, run)
  })

  await t.test('of what is healthy as applied makes no request', async (t) => {
    const run = begin(t, [targetOf(complete)])

    const found = await run.wait()

    t.equal(found.kind, 'healthy')
    t.strictSame(run.memory.requests, [])
  })

  await t.test('of nothing is done at once', async (t) => {
    const run = begin(t, [])

    t.strictSame(await run.wait(), { kind: 'healthy', objects: [] })
  })

  await t.test('ends with the event that makes the last object healthy', async (t) => {
    const run = begin(t, [targetOf(justApplied)])
    run.memory.put(started)
    void run.wait()
    await comeToRest()
    t.equal(run.result(), undefined)

    run.memory.put(complete)
    await comeToRest()

    t.equal(run.result()?.kind, 'healthy')
    t.strictSame(run.result()?.objects, [
      {
        ref: refOf(complete),
        uid: complete.metadata.uid,
        assessment: { health: 'Healthy', message: '' },
        isAwaited: true,
      },
    ])
    await assertAtRest(t, run)
  })

  await t.test('does not take the status of an older generation for its own', async (t) => {
    const run = begin(t, [{ ref: refOf(complete), generation: 3 }])
    run.memory.put(complete)
    void run.wait()

    await comeToRest()

    t.equal(run.result(), undefined)
  })

  await t.test('counts paused and suspended as done', async (t) => {
    const paused = { ...started, spec: { paused: true } }
    const job = live('batch/v1', 'Job', { metadata: { labels }, spec: { suspend: true } })
    const run = begin(t, [targetOf(paused), targetOf(job)])

    const found = await run.wait()

    t.equal(found.kind, 'healthy')
    t.strictSame(
      found.objects.map((item) => item.assessment.health),
      ['Suspended', 'Suspended'],
    )
  })

  await t.test('asks once for each kind and namespace', async (t) => {
    const names = ['a', 'b', 'c']
    const targets = names.map((name) => targetOf(deployment({}, { name, uid: name })))
    const run = begin(t, targets)
    for (const { applied } of targets) if (applied) run.memory.put(applied)
    void run.wait()

    await comeToRest()

    const ofDeployments = run.memory.requests.filter((request) => request.includes('Deployment'))
    t.strictSame(ofDeployments, ['list Deployment.apps shop', 'watch Deployment.apps shop'])
  })

  await t.test('leaves out kinds that answer to a schedule or to metrics', async (t) => {
    const cronJob = live('batch/v1', 'CronJob', { status: { lastScheduleTime: secondsAgo(60) } })
    const run = begin(t, [targetOf(cronJob)])

    const found = await run.wait()

    t.equal(found.kind, 'healthy')
    t.equal(found.objects[0]?.assessment.health, 'Degraded', 'and still tells how they are')
    t.equal(found.objects[0]?.isAwaited, false)
    t.strictSame(run.memory.requests, [])
  })

  await t.test('ends by the timeout with what was seen last', async (t) => {
    const run = begin(t, [targetOf(justApplied)], { timeoutMs: 30_000 })
    run.memory.put(started)
    void run.wait()

    await run.time.pass(29_999)
    t.equal(run.result(), undefined)
    await run.time.pass(1)

    t.equal(run.result()?.kind, 'timeout')
    t.match(run.result()?.objects[0]?.assessment.message, /^0 of 1 replicas are updated/)
    await assertAtRest(t, run)
  })

  await t.test('ends at once when a newer commit cancels it', async (t) => {
    const run = begin(t, [targetOf(justApplied)])
    run.memory.put(started)
    void run.wait()
    await comeToRest()

    run.cancel.abort()
    await comeToRest()

    t.equal(run.result()?.kind, 'cancelled')
    await assertAtRest(t, run)
  })

  await t.test('makes no request when it is cancelled before it begins', async (t) => {
    const run = begin(t, [targetOf(justApplied)])
    run.cancel.abort()

    t.equal((await run.wait()).kind, 'cancelled')
    t.strictSame(run.memory.requests, [])
  })
})

test('failing while waiting', async (t) => {
  await t.test('is told as soon as one object has failed', async (t) => {
    const exceeded = condition('Progressing', 'False', { reason: 'ProgressDeadlineExceeded' })
    const other = deployment({}, { name: 'other', uid: 'other' })
    const run = begin(t, [targetOf(other), targetOf(justApplied)])
    run.memory.put(started)
    run.memory.put(other)
    void run.wait()
    await comeToRest()

    run.memory.put(deployment({ observedGeneration: 2, conditions: [exceeded] }))
    await comeToRest()

    t.equal(run.result()?.kind, 'degraded')
    t.strictSame(
      run.result()?.objects.map((item) => item.assessment.health),
      ['Progressing', 'Degraded'],
    )
    await assertAtRest(t, run)
  })

  await t.test('is not what a rollback sees of the failure it undoes', async (t) => {
    const conditions = [condition('Progressing', 'False', { reason: 'ProgressDeadlineExceeded' })]
    const run = begin(t, [{ ref: refOf(started), generation: 2 }])
    run.memory.put(deployment({ observedGeneration: 1, conditions }))
    void run.wait()
    await comeToRest()
    run.memory.put(deployment({ observedGeneration: 2, conditions }))
    await comeToRest()
    t.equal(run.result(), undefined)

    run.memory.put(complete)
    await comeToRest()

    t.equal(run.result()?.kind, 'healthy')
  })

  await t.test('is told when the object is deleted', async (t) => {
    const run = begin(t, [targetOf(justApplied)])
    run.memory.put(started)
    void run.wait()
    await comeToRest()

    run.memory.remove(started)
    await comeToRest()

    t.equal(run.result()?.kind, 'degraded')
    t.equal(run.result()?.objects[0]?.assessment.health, 'Missing')
  })

  await t.test('is told when the object is gone before the first look', async (t) => {
    const run = begin(t, [targetOf(justApplied)])

    const found = await run.wait()

    t.equal(found.kind, 'degraded')
    t.equal(found.objects[0]?.assessment.health, 'Missing')
  })

  await t.test('is not what a finished Job does that removes itself', async (t) => {
    const job = live('batch/v1', 'Job', {
      metadata: { labels },
      spec: { ttlSecondsAfterFinished: 0 },
    })
    const run = begin(t, [targetOf(job)])

    t.equal((await run.wait()).kind, 'healthy')
  })

  await t.test('of a Job is told by its last state when it removes itself', async (t) => {
    const job = live('batch/v1', 'Job', {
      metadata: { labels },
      spec: { ttlSecondsAfterFinished: 0 },
    })
    const run = begin(t, [targetOf(job)])
    run.memory.put(job)
    void run.wait()
    await comeToRest()

    run.memory.remove({ ...job, status: { conditions: [condition('Failed', 'True')] } })
    await comeToRest()

    t.equal(run.result()?.kind, 'degraded')
    t.equal(run.result()?.objects[0]?.assessment.message, 'it failed')
  })
})
