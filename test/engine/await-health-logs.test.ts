import { type Test, test } from 'tap'
import { StageError } from '../../src/domain/error.ts'
import type { KubeObject } from '../../src/domain/kube-object.ts'
import { condition, live, ownerOf, podOf, waiting } from '../support/health-cases.ts'
import {
  assertAtRest,
  begin,
  complete,
  justApplied,
  labels,
  started,
  targetOf,
} from '../support/health-wait.ts'
import { comeToRest } from '../support/held-time.ts'

const replicaSet = live('apps/v1', 'ReplicaSet', {
  metadata: {
    name: 'web-9',
    labels: { app: 'web' },
    annotations: { 'deployment.kubernetes.io/revision': '7' },
    ownerReferences: [ownerOf(started)],
  },
})
const failedExit = { terminated: { exitCode: 1, reason: 'Error' } }

function podWith(status: object): KubeObject {
  return podOf(replicaSet, {
    metadata: { name: 'web-9-x', labels: { app: 'web' } },
    status: { ...status },
  })
}

const crashing = podWith({
  phase: 'Running',
  containerStatuses: [waiting('CrashLoopBackOff', { restartCount: 3, lastState: failedExit })],
})

async function rolloutWith(t: Test, pod: KubeObject, options: Parameters<typeof begin>[2] = {}) {
  const run = begin(t, [targetOf(justApplied)], options)
  run.memory.put(started)
  run.memory.put(replicaSet)
  run.memory.put(pod)
  void run.wait()
  await run.time.pass(300)
  return run
}

const logRequests = (run: Awaited<ReturnType<typeof rolloutWith>>) =>
  run.memory.requests.filter((request) => request.startsWith('log '))
const message = (run: Awaited<ReturnType<typeof rolloutWith>>) =>
  run.result()?.objects[0]?.assessment.message

test('the log of a container that failed', async (t) => {
  await t.test('gives the failure its last words', async (t) => {
    const run = begin(t, [targetOf(justApplied)])
    run.memory.write('web-9-x/app', 'starting\nError: no DATABASE_URL\n\nNode.js v24.1.0\n')
    for (const object of [started, replicaSet, crashing]) run.memory.put(object)
    void run.wait()
    await run.time.pass(300)

    t.equal(run.result()?.kind, 'degraded')
    t.equal(
      message(run),
      'pod web-9-x: container app: CrashLoopBackOff: last exit: Error, code 1; its log says: Error: no DATABASE_URL',
    )
    t.strictSame(logRequests(run), ['log shop/web-9-x/app'])
    await assertAtRest(t, run)
  })

  await t.test('that may not be read is left out', async (t) => {
    const run = await rolloutWith(t, crashing)

    t.equal(run.result()?.kind, 'degraded')
    t.match(message(run), /CrashLoopBackOff: last exit: Error, code 1$/)
    t.equal(logRequests(run).length, 1, 'and asked for once')
  })

  await t.test('is not asked for where the container never ran', async (t) => {
    const run = await rolloutWith(
      t,
      podWith({ containerStatuses: [waiting('InvalidImageName', { message: 'no such image' })] }),
    )

    t.equal(run.result()?.kind, 'degraded')
    t.strictSame(logRequests(run), [])
  })

  await t.test('is that of the run before where it runs again at the timeout', async (t) => {
    const running = podWith({
      phase: 'Running',
      containerStatuses: [
        {
          name: 'app',
          ready: false,
          restartCount: 1,
          state: { running: {} },
          lastState: failedExit,
        },
      ],
    })
    const run = await rolloutWith(t, running, { timeoutMs: 5_000 })
    run.memory.write('web-9-x/app', 'fatal: no licence')
    await run.time.pass(5_000)

    t.equal(run.result()?.kind, 'timeout')
    t.match(
      message(run),
      /; pod web-9-x: container app is not ready; last exit: Error, code 1; its log says: fatal: no licence$/,
    )
    t.strictSame(logRequests(run), ['log shop/web-9-x/app previous'])
  })

  await t.test('is that of the init container that failed', async (t) => {
    const pod = podWith({
      initContainerStatuses: [
        waiting('CrashLoopBackOff', { name: 'migrate', restartCount: 4, lastState: failedExit }),
      ],
      containerStatuses: [waiting('PodInitializing')],
    })
    const run = await rolloutWith(t, pod)

    t.strictSame(logRequests(run), ['log shop/web-9-x/migrate'])
  })

  await t.test('of a Job that failed is told with its reason', async (t) => {
    const job = live('batch/v1', 'Job', {
      metadata: { name: 'migrate', labels },
      spec: { selector: { matchLabels: { job: 'migrate' } } },
      status: { active: 1 },
    })
    const run = begin(t, [targetOf(job)])
    run.memory.write('migrate-1/app', 'ERROR: relation "users" already exists')
    run.memory.put(job)
    run.memory.put(
      podOf(job, {
        metadata: { name: 'migrate-1', labels: { job: 'migrate' } },
        status: { phase: 'Failed', containerStatuses: [{ name: 'app', state: failedExit }] },
      }),
    )
    void run.wait()
    await run.time.pass(300)
    t.equal(run.result(), undefined, 'one failed pod is left to the backoff limit')

    const reason = { reason: 'BackoffLimitExceeded', message: 'too often' }
    run.memory.put({ ...job, status: { conditions: [condition('Failed', 'True', reason)] } })
    await comeToRest()

    t.equal(
      message(run),
      'it failed: BackoffLimitExceeded: too often; pod migrate-1: it failed: container app: Error, code 1; its log says: ERROR: relation "users" already exists',
    )
  })

  await t.test('of what had failed before anybody looked is told as well', async (t) => {
    const reason = { reason: 'BackoffLimitExceeded', message: 'too often' }
    const job = live('batch/v1', 'Job', {
      metadata: { name: 'migrate', labels },
      spec: { selector: { matchLabels: { job: 'migrate' } } },
      status: { conditions: [condition('Failed', 'True', reason)] },
    })
    const run = begin(t, [targetOf(job)])
    run.memory.write('migrate-1/app', 'ERROR: no such table')
    run.memory.put(
      podOf(job, {
        metadata: { name: 'migrate-1', labels: { job: 'migrate' } },
        status: { phase: 'Failed', containerStatuses: [{ name: 'app', state: failedExit }] },
      }),
    )
    void run.wait()
    await comeToRest()

    t.match(
      message(run),
      /too often; pod migrate-1: it failed: container app: .*; its log says: ERROR: no such table$/,
    )
    t.strictSame(run.memory.requests, ['list Pod shop', 'log shop/migrate-1/app'])
    await assertAtRest(t, run)
  })

  await t.test('of a Deployment past its deadline is that of its newest pods', async (t) => {
    const conditions = [condition('Progressing', 'False', { reason: 'ProgressDeadlineExceeded' })]
    const stuck = { ...started, status: { observedGeneration: 2, conditions } }
    const { ref, generation } = targetOf(started)
    const run = begin(t, [{ ref, generation }])
    run.memory.write('web-9-x/app', 'Error: no DATABASE_URL')
    for (const object of [stuck, replicaSet, crashing]) run.memory.put(object)
    void run.wait()
    await comeToRest()

    t.match(message(run), /^progress deadline exceeded; pod web-9-x: .*no DATABASE_URL$/)
    await assertAtRest(t, run)
  })

  await t.test('is left out where the pods may not be read', async (t) => {
    const job = live('batch/v1', 'Job', {
      metadata: { name: 'migrate', labels },
      spec: { selector: { matchLabels: { job: 'migrate' } } },
      status: { conditions: [condition('Failed', 'True', { reason: 'DeadlineExceeded' })] },
    })
    const run = begin(t, [targetOf(job)])
    run.memory.refuse('Pod', new StageError('CLUSTER_FORBIDDEN', 'may not list pods'))
    void run.wait()
    await comeToRest()

    t.equal(message(run), 'it failed: DeadlineExceeded')
  })

  await t.test('is not asked for when all is well, or when a newer commit came', async (t) => {
    const well = await rolloutWith(t, podWith({ phase: 'Running' }))
    well.memory.put(complete)
    await comeToRest()
    t.equal(well.result()?.kind, 'healthy')
    t.strictSame(logRequests(well), [])

    const twice = { restartCount: 2, lastState: failedExit }
    const pod = podWith({
      phase: 'Running',
      containerStatuses: [waiting('CrashLoopBackOff', twice)],
    })
    const newer = await rolloutWith(t, pod)
    newer.cancel.abort()
    await comeToRest()
    t.equal(newer.result()?.kind, 'cancelled')
    t.strictSame(logRequests(newer), [])
  })

  await t.test('is told without what it may not say', async (t) => {
    const redactLog = (text: string) => text.replaceAll('correct horse', '[redacted]')
    const run = begin(t, [targetOf(justApplied)], { redactLog })
    run.memory.write('web-9-x/app', 'error: correct horse')
    for (const object of [started, replicaSet, crashing]) run.memory.put(object)
    void run.wait()
    await run.time.pass(300)

    t.match(message(run), /; its log says: error: \[redacted\]$/)
  })
})
