import { test } from 'tap'
import { testRedis } from '../support/redis.ts'
import { scriptedSync } from '../support/scripted-sync.ts'
import { until } from '../support/until.ts'
import { applicationsNamed, isIdle, workerRig } from '../support/worker-rig.ts'

test('a worker that is configured anew', async (t) => {
  const { url } = await testRedis(t)

  await t.test('ends a sync as it began, and begins the next one anew', async (t) => {
    const rig = await workerRig(t, url, { publicUrl: 'https://old.example.com' })
    const after = scriptedSync()
    await rig.want('web', 'push')
    const running = await rig.next()

    rig.configure({ publicUrl: 'https://new.example.com', sync: after.sync })
    running.end()
    await until('reported', () => rig.posted.length === 1)
    await rig.want('web', 'push')
    const next = await after.next()
    next.end()
    await until('idle', () => isIdle(rig))

    t.match(rig.posted[0]?.targetUrl, 'https://old.example.com/')
    t.equal(rig.begun(), 1)
  })

  await t.test('sweeps an application that is new at the next tick', async (t) => {
    const rig = await workerRig(t, url, { applications: applicationsNamed('web') })
    rig.configure({ applications: applicationsNamed('web', 'new') })

    const { application, request, end } = await rig.next()
    end()

    t.equal(application.name, 'new')
    t.equal(request.trigger, 'sweep')
  })

  await t.test('no longer syncs one that is gone, whatever is wanted of it', async (t) => {
    const rig = await workerRig(t, url)
    rig.configure({ applications: applicationsNamed('web') })
    await rig.want('api', 'push')
    await rig.want('web', 'push')

    const { application, end } = await rig.next()
    end()
    await until('idle', () => isIdle(rig))

    t.equal(application.name, 'web')
    t.equal(rig.begun(), 1)
  })

  await t.test('syncs soon what it is told to', async (t) => {
    const rig = await workerRig(t, url)
    await rig.wake(['api'])

    const { application, request, end } = await rig.next()
    end()

    t.equal(application.name, 'api')
    t.equal(request.trigger, 'sweep')
  })
})
