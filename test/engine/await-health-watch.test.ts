import { test } from 'tap'
import { StageError } from '../../src/domain/error.ts'
import { refOf } from '../../src/domain/kube-object.ts'
import {
  assertAtRest,
  begin,
  complete,
  justApplied,
  started,
  targetOf,
} from '../support/health-wait.ts'
import { comeToRest } from '../support/held-time.ts'

test('a watch that does not last', async (t) => {
  for (const how of ['closed', 'gone'] as const) {
    const by = how === 'gone' ? 'one list' : 'a watch from where it ended, with no list,'
    await t.test(`R16: is taken up again by ${by} when it is ${how}`, async (t) => {
      const run = begin(t, [targetOf(justApplied)])
      run.memory.put(started)
      void run.wait()
      await run.time.pass(5_000)
      run.memory.requests.length = 0

      run.memory.endWatches(how)
      await comeToRest()

      t.equal(run.memory.requests.includes('list Deployment.apps shop'), how === 'gone')
      t.ok(run.memory.requests.includes('watch Deployment.apps shop'))
      run.memory.put(complete)
      await comeToRest()
      t.equal(run.result()?.kind, 'healthy')
    })
  }

  await t.test('R16: is listed again at most once a second, however often it ends', async (t) => {
    const run = begin(t, [targetOf(justApplied)])
    run.memory.put(started)
    void run.wait()
    await comeToRest()

    for (let tick = 0; tick < 100; tick += 1) {
      run.memory.endWatches('gone')
      await run.time.pass(100)
    }

    const lists = run.memory.requests.filter((request) => request === 'list Deployment.apps shop')
    t.ok(lists.length >= 9 && lists.length <= 11, `${lists.length} lists in ten seconds`)
  })

  await t.test('loses nothing that happened in between', async (t) => {
    const run = begin(t, [targetOf(justApplied)])
    run.memory.put(started)
    void run.wait()
    await comeToRest()
    run.memory.endWatches('closed')
    await comeToRest()
    run.memory.put(complete)
    t.equal(run.result(), undefined, 'nobody watches')

    await run.time.pass(1_000)

    t.equal(run.result()?.kind, 'healthy')
  })

  await t.test('is tried again while the cluster is away', async (t) => {
    const run = begin(t, [targetOf(justApplied)])
    run.memory.put(started)
    run.memory.refuse('Deployment', new StageError('CLUSTER_UNREACHABLE', 'connection refused'))
    void run.wait()
    await run.time.pass(10_000)
    t.equal(run.result(), undefined)

    run.memory.refuse('Deployment', undefined)
    run.memory.put(complete)
    await run.time.pass(1_000)

    t.equal(run.result()?.kind, 'healthy')
  })

  await t.test('is tried again no sooner than the server asks for', async (t) => {
    const run = begin(t, [targetOf(justApplied)])
    const retry = { kind: 'after', ms: 7_000 } as const
    run.memory.refuse('Deployment', new StageError('CLUSTER_THROTTLED', 'busy', { retry }))
    void run.wait()

    await run.time.pass(6_999)

    t.equal(run.memory.requests.filter((request) => request.startsWith('list Dep')).length, 1)
  })

  await t.test('says at the timeout why nothing was ever seen', async (t) => {
    const run = begin(t, [{ ref: refOf(started), generation: 2 }], { timeoutMs: 10_000 })
    run.memory.refuse('Deployment', new StageError('CLUSTER_UNREACHABLE', 'connection refused'))
    void run.wait()

    await run.time.pass(10_000)

    t.equal(run.result()?.kind, 'timeout')
    t.strictSame(run.result()?.objects[0]?.assessment, {
      health: 'Unknown',
      message: 'connection refused',
    })
  })

  await t.test('ends the wait with an error when asking again cannot help', async (t) => {
    const run = begin(t, [targetOf(justApplied)])
    run.memory.refuse('Deployment', new StageError('CLUSTER_FORBIDDEN', 'may not list'))

    await t.rejects(run.wait(), { code: 'CLUSTER_FORBIDDEN' })

    await assertAtRest(t, run)
  })
})
