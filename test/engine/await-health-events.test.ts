import { type Test, test } from 'tap'
import { StageError } from '../../src/domain/error.ts'
import type { KubeObject } from '../../src/domain/kube-object.ts'
import { live, podOf, secondsAgo, waiting } from '../support/health-cases.ts'
import { assertAtRest, begin, labels, targetOf } from '../support/health-wait.ts'
import { comeToRest } from '../support/held-time.ts'

const set = live('apps/v1', 'StatefulSet', {
  metadata: { name: 'web', labels },
  spec: { replicas: 1, selector: { matchLabels: { app: 'web' } } },
  status: { observedGeneration: 2, updateRevision: 'web-2' },
})
const podUid = 'uid-of-web-0'

function podWith(status: object): KubeObject {
  const podLabels = { app: 'web', 'controller-revision-hash': 'web-2' }
  return podOf(set, {
    metadata: { name: 'web-0', uid: podUid, labels: podLabels },
    status: { ...status },
  })
}

function event(uid: string | undefined, note: string, more: object = {}): KubeObject {
  const name = `web.${note.length}.${JSON.stringify(more).length}`
  return {
    ...live('events.k8s.io/v1', 'Event', { metadata: { name } }),
    regarding: { uid },
    type: 'Warning',
    reason: 'FailedCreate',
    note,
    ...more,
  }
}

async function timedOut(t: Test, objects: readonly KubeObject[], options = {}) {
  const run = begin(t, [targetOf(set)], { timeoutMs: 5_000, ...options })
  for (const object of [set, ...objects]) run.memory.put(object)
  void run.wait()
  await run.time.pass(5_000)
  return run
}

type Run = Awaited<ReturnType<typeof timedOut>>

const message = (run: Run) => run.result()?.objects[0]?.assessment.message
const eventRequests = ({ memory }: Run) =>
  memory.requests.filter((request) => request.includes('Event'))

test('the Events of what did not become healthy', async (t) => {
  await t.test('say why a controller is refused its pods', async (t) => {
    const run = await timedOut(t, [
      event(set.metadata.uid, 'exceeded quota: older', { eventTime: secondsAgo(60) }),
      event(set.metadata.uid, 'exceeded quota: small', {
        deprecatedLastTimestamp: secondsAgo(1),
        eventTime: null,
      }),
      event(set.metadata.uid, 'all is well', { type: 'Normal' }),
      event('uid-of-another', 'exceeded quota: of another'),
    ])

    t.equal(run.result()?.kind, 'timeout')
    t.match(message(run), /^0 of 1 .*; its events say: FailedCreate: exceeded quota: small$/)
    t.strictSame(eventRequests(run), ['list Event.events.k8s.io shop'])
    await assertAtRest(t, run)
  })

  await t.test('are those of the pod that does not say what it waits for', async (t) => {
    const note = 'MountVolume.SetUp failed for volume "config": configmap "web" not found'
    const run = await timedOut(t, [
      podWith({ containerStatuses: [waiting('ContainerCreating')] }),
      event(podUid, note, { reason: 'FailedMount' }),
      event(set.metadata.uid, 'of the controller'),
    ])

    t.match(
      message(run),
      `pod web-0: its containers are starting; its events say: FailedMount: ${note}`,
    )
  })

  await t.test('are not repeated where the object says so itself', async (t) => {
    const run = await timedOut(t, [event(set.metadata.uid, '0 of 1')])

    t.notMatch(message(run), /its events say/)
  })

  await t.test('are not asked for where a container has failed', async (t) => {
    const failed = { terminated: { exitCode: 1, reason: 'Error' } }
    const run = await timedOut(t, [
      podWith({
        containerStatuses: [waiting('CrashLoopBackOff', { restartCount: 1, lastState: failed })],
      }),
    ])

    t.match(message(run), /CrashLoopBackOff/)
    t.strictSame(eventRequests(run), [])
  })

  await t.test('are told without secrets, on one line, and cut', async (t) => {
    const redactLog = (text: string) => text.replaceAll('correct horse', '[redacted]')
    const note = `correct horse\u001b[31m\n${'long '.repeat(200)}`
    const run = await timedOut(t, [event(set.metadata.uid, note)], { redactLog })

    const told = message(run)?.split('; its events say: ')[1] ?? ''
    t.match(told, /^FailedCreate: \[redacted\]long long/)
    t.equal(told.length, 300)
  })

  await t.test('are left out where they may not be read', async (t) => {
    const run = begin(t, [targetOf(set)], { timeoutMs: 5_000 })
    run.memory.put(set)
    run.memory.refuse('Event', new StageError('CLUSTER_FORBIDDEN', 'may not list events'))
    void run.wait()
    await run.time.pass(5_000)

    t.equal(run.result()?.kind, 'timeout')
    t.notMatch(message(run), /events/)
  })

  await t.test('are not waited for longer than a second', async (t) => {
    const run = begin(t, [targetOf(set)], { timeoutMs: 5_000 })
    const { list } = run.memory.cluster.own
    const hanging = (query: Parameters<typeof list>[0]) =>
      query.kind === 'Event' ? new Promise<never>(() => {}) : list(query)
    Object.assign(run.memory.cluster.own, { list: hanging })
    run.memory.put(set)
    void run.wait()
    await run.time.pass(5_000)
    await comeToRest()
    t.equal(run.result(), undefined)

    await run.time.pass(1_000)

    t.equal(run.result()?.kind, 'timeout')
    await assertAtRest(t, run)
  })

  await t.test('are asked for three objects at most, and not when all is well', async (t) => {
    const sets = ['a', 'b', 'c', 'd', 'e'].map((name) => ({
      ...set,
      metadata: { ...set.metadata, name, uid: `uid-of-${name}` },
    }))
    const run = begin(t, sets.map(targetOf), { timeoutMs: 5_000 })
    for (const object of sets) run.memory.put(object)
    void run.wait()
    await run.time.pass(5_000)

    t.equal(eventRequests(run).length, 3)
  })
})
