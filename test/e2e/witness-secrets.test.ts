import { test } from 'tap'
import { canary, dumpRedis, findSecrets } from '../support/canary.ts'
import { testRedis } from '../support/redis.ts'
import { until } from '../support/until.ts'
import { witnessSite } from '../support/witness-site.ts'

const ann = 'ann@example.com'

test('E5: a Secret that is changed by hand', async (t) => {
  const redis = await testRedis(t)
  const { site, as, who, instance } = await witnessSite(t, { file: { redis: { url: redis.url } } })
  const value = canary('secret')
  const secret = (token: string) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'keys' },
    stringData: { token },
  })
  const sha = await site.push(instance, { 'app/keys.yaml': JSON.stringify(secret('from-git')) })
  t.match(await site.final(sha), { state: 'success' })
  const patch = JSON.stringify({ stringData: { token: value } })

  const seen = await as(ann, 'patch', 'secret', 'keys', `-p=${patch}`)

  await t.test('is told, with marks in the place of its values', async (t) => {
    await until('it is told', async () => (await who('secret/keys')).length > 0)
    const [record] = await who('secret/keys')
    t.match(record, {
      user: ann,
      fields: [{ path: '/data/token', before: /^«secret /, after: /^«secret / }],
    })
  })

  await t.test('leaves its value nowhere: kubectl, who, history, log, Redis', async (t) => {
    await until('it is healed', async () => (await site.syncs()).some(({ drift }) => drift.length))
    const texts = {
      kubectl: seen.stdout + seen.stderr,
      who: (await site.landfall('who', 'secret/keys')).stdout,
      history: (await site.landfall('history', site.name)).stdout,
      log: instance.output(),
      redis: await dumpRedis(redis.url),
    }
    t.ok(Object.values(texts).every((text) => text !== ''))
    t.strictSame(findSecrets({ value }, texts), [])
  })
})
