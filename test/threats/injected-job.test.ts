import { Queue } from 'bullmq'
import { test } from 'tap'
import { testRedis } from '../support/redis.ts'
import { until } from '../support/until.ts'
import { applicationsNamed, workerRig } from '../support/worker-rig.ts'

const foreign = {
  repo: 'https://git.example.net/evil.git',
  sha: 'f'.repeat(40),
  namespace: 'kube-system',
  sync: { prune: false },
}

test('F1: a job that somebody else wrote to Redis', async (t) => {
  const { url } = await testRedis(t)

  await t.test('F1: chooses an application and nothing of what is deployed', async (t) => {
    const rig = await workerRig(t, url, { applications: applicationsNamed('web') })
    const queue = new Queue('sync', { connection: rig.redis, prefix: rig.keys.queues })
    t.teardown(() => queue.close())
    await rig.records.want('web', { trigger: 'push', at: Date.now() })
    await queue.add('sync', { v: 1, application: 'web', ...foreign })

    const { application, request, end } = await rig.next()
    end()

    t.strictSame(application, applicationsNamed('web').get('web'))
    t.notMatch(JSON.stringify(request), /evil|ffff|kube-system/)
  })

  await t.test('F1: for what is no application deploys nothing', async (t) => {
    const rig = await workerRig(t, url, { applications: applicationsNamed('web') })
    const queue = new Queue('sync', { connection: rig.redis, prefix: rig.keys.queues })
    t.teardown(() => queue.close())
    for (const application of ['__proto__', '../web', 'landfall-system', '', 7, null]) {
      await queue.add('sync', { v: 1, application, ...foreign })
    }

    await until('all of them are gone', async () => {
      const { waiting, active, delayed } = await rig.queue.counts()
      return waiting === 0 && active === 0 && (delayed ?? 0) <= 2
    })
    t.equal(rig.begun(), 0)
  })
})
