import { test } from 'tap'
import { createDeclaredObjects } from '../../src/queue/declared-objects.ts'
import { createOwnUsers } from '../../src/queue/own-users.ts'
import { createTouchedPods } from '../../src/queue/touched-pods.ts'
import { createWitnessRecords } from '../../src/queue/witness-records.ts'
import { queueRig } from '../support/queue-rig.ts'
import { testRedis } from '../support/redis.ts'
import { aWitnessRecord } from '../support/witness-records.ts'

test('what a witness tells', async (t) => {
  const { url } = await testRedis(t)
  const rigOf = () => queueRig(t, url)
  const { heal: _heal, ...plain } = aWitnessRecord()
  const at = (second: number) => new Date(Date.parse(plain.at) + second * 1_000).toISOString()

  await t.test('is read newest first, what undid Git and what did not', async (t) => {
    const { redis, keys } = rigOf()
    const records = createWitnessRecords(redis, keys)
    await records.add(plain)
    await records.add({ ...plain, id: 'r2', at: at(2), isDrift: false })
    await records.add({ ...plain, id: 'r3', at: at(1) })

    t.strictSame(
      (await records.list('web')).map(({ id }) => id),
      ['r2', 'r3', 'r1'],
    )
    t.strictSame(await records.list('api'), [])
  })

  await t.test('points to the first heal that undid it', async (t) => {
    const { redis, keys } = rigOf()
    const records = createWitnessRecords(redis, keys)
    await records.add(plain)
    await records.heal(['r1', 'gone'], { sync: 's1', at: at(1) })
    await records.heal(['r1'], { sync: 's2', at: at(2) })

    t.match(await records.list('web'), [{ heal: { sync: 's1', at: at(1) } }])
    t.equal(await redis.exists(keys.witness('gone')), 0)
  })

  await t.test('is dropped when it did not come to pass, unless it was undone', async (t) => {
    const { redis, keys } = rigOf()
    const records = createWitnessRecords(redis, keys)
    await records.add(plain)
    await records.add({ ...plain, id: 'r2' })
    await records.add({ ...plain, id: 'r3' })
    await records.heal(['r2'], { sync: 's1', at: at(1) })
    await records.heal(['r3'], { sync: 's1', at: at(1), overtaken: true })
    for (const id of ['r1', 'r2', 'r3']) await records.drop({ ...plain, id })

    t.strictSame(
      (await records.list('web')).map(({ id }) => id),
      ['r2'],
    )
  })

  await t.test('has not ended, while it was neither undone nor dropped', async (t) => {
    const { redis, keys } = rigOf()
    const records = createWitnessRecords(redis, keys)
    const told = { container: undefined, image: undefined, command: undefined }
    const pod = { namespace: 'shop', name: 'p', uid: 'u', ...told }
    const ids = ['r1', 'r2', 'r3', 'r4']
    for (const [index, id] of ids.entries()) await records.add({ ...plain, id, at: at(index) })
    await records.add({ ...plain, id: 'a-shell', pod })
    await records.add({ ...plain, id: 'left', isDrift: false })
    await records.add({ ...plain, id: 'refused', outcome: 'denied' })
    await records.heal(['r2'], { sync: 's1', at: at(9) })
    await records.drop({ ...plain, id: 'r3' })

    t.strictSame(
      (await records.open('web')).map(({ id }) => id),
      ['r4', 'r1'],
    )
    t.equal(await redis.zcard(keys.witnessed('web', 'open')), 2, 'what has ended is let go of')
    t.strictSame(await records.open('api'), [])
  })

  await t.test('is the last 500 of what undid Git and the last 100 of the rest', async (t) => {
    const { redis, keys } = rigOf()
    const records = createWitnessRecords(redis, keys)
    for (let index = 0; index < 510; index += 1) {
      const id = String(index)
      await records.add({ ...plain, id, at: at(index) })
      await records.add({ ...plain, id: `o${id}`, at: at(index), isDrift: false })
    }
    t.equal((await records.list('web')).length, 600)
    t.equal((await records.open('web')).length, 500)
    t.equal((await redis.keys(keys.witness('*'))).length, 600, 'of the others nothing is left')
  })

  await t.test('keeps what was refused, however often a controller writes', async (t) => {
    const { redis, keys } = rigOf()
    const records = createWitnessRecords(redis, keys)
    await records.add({ ...plain, id: 'refused', outcome: 'denied' })
    for (let index = 0; index < 110; index += 1) {
      await records.add({ ...plain, id: `o${index}`, at: at(index), isDrift: false })
    }
    const ids = (await records.list('web')).map(({ id }) => id)
    t.equal(ids.length, 101)
    t.ok(ids.includes('refused'))
  })

  await t.test('of one shell is told once in three seconds', async (t) => {
    const { redis, keys } = rigOf()
    const records = createWitnessRecords(redis, keys)
    t.equal(await records.isNewShell('a'), true)
    t.equal(await records.isNewShell('a'), false)
    t.equal(await records.isNewShell('b'), true)
  })
})

test('what Git declares', async (t) => {
  const { url } = await testRedis(t)
  const { redis, keys } = queueRig(t, url)
  const objects = createDeclaredObjects(redis, keys)
  const declared = { origin: { file: 'a folder/x.yaml', line: 12 }, unstable: ['/data/password'] }
  await objects.write('web', new Map([['apps/Deployment/shop/web', declared]]))

  t.strictSame(await objects.read('web', 'apps/Deployment/shop/web'), declared)
  t.equal(await objects.read('web', 'other'), undefined)
  await objects.write('web', new Map())
  t.equal(await objects.read('web', 'apps/Deployment/shop/web'), undefined)
})

test('the users that Landfall has are those told within ten minutes', async (t) => {
  const { url } = await testRedis(t)
  const { redis, keys } = queueRig(t, url)
  let now = 1_000_000
  const users = createOwnUsers(redis, keys, { now: () => now })
  await users.tell('prod', 'worker-1')
  now += 599_000
  await users.tell('prod', 'worker-2')
  t.strictSame(await users.read('prod'), ['worker-1', 'worker-2'])
  now += 2_000
  t.strictSame(await users.read('prod'), ['worker-2'])
  t.strictSame(await users.read('test'), [])
})

const plainRef = aWitnessRecord().ref

test('touched pods', async (t) => {
  const { url } = await testRedis(t)
  const { redis, keys } = queueRig(t, url)
  const pods = createTouchedPods(redis, keys)
  const pod = {
    application: 'web',
    namespace: 'shop',
    name: 'web-1',
    uid: 'u1',
    cluster: 'prod',
    owner: plainRef,
    at: '2026-01-01T00:00:00.000Z',
    user: 'ann',
    groups: [],
    verb: 'exec' as const,
    container: 'agent',
    witnessed: ['r1'],
  }

  await t.test('touched twice, it is the first one’s, and both are told', async (t) => {
    await pods.touch(pod, 100)
    await pods.touch({ ...pod, user: 'bob', witnessed: ['r2'] }, 200)
    t.strictSame(await pods.all(), [{ ...pod, witnessed: ['r1', 'r2'] }])
  })

  await t.test('one that is due is given to one worker alone', async (t) => {
    t.strictSame(await pods.claim(99, 150), [])
    t.match(await pods.claim(100, 150), [{ uid: 'u1', witnessed: ['r1', 'r2'] }])
    t.strictSame(await pods.claim(149, 250), [])
    t.match(await pods.claim(150, 250), [{ uid: 'u1' }])
  })

  await t.test('of an application leave one at a time', async (t) => {
    const other = { ...pod, uid: 'u2' }
    await pods.touch(other, 100_000)
    t.equal(await pods.takeTurn(pod), true)
    t.equal(await pods.takeTurn(pod), true)
    t.equal(await pods.takeTurn(other), false)
    t.equal(await pods.takeTurn({ application: 'api', uid: 'u3' }), true)

    t.equal(await pods.endTurn(other), false)
    t.equal(await pods.endTurn(pod), true)
    t.equal(await pods.takeTurn(other), true)
    await pods.forget('u2')
    t.equal(await pods.takeTurn(pod), true, 'one that is forgotten has no turn')
  })

  await t.test('one that is gone is forgotten', async (t) => {
    await pods.forget('u1')
    t.strictSame(await pods.all(), [])
    await pods.lookAgain('u1', 1)
    t.strictSame(await pods.claim(1_000, 2_000), [])
  })
})
