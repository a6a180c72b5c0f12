import { test } from 'tap'
import { canary, findSecrets } from '../support/canary.ts'
import { configMapYaml } from '../support/manifests.ts'
import { placesOf } from '../support/places.ts'
import { testRedis } from '../support/redis.ts'
import { testSite } from '../support/site.ts'
import { until } from '../support/until.ts'

function secretYaml(name: string, value: string): string {
  const data = Buffer.from(value).toString('base64')
  return `apiVersion: v1\nkind: Secret\nmetadata:\n  name: ${name}\ndata:\n  key: ${data}\n`
}

test('E5, E6, I5: no secret leaves', async (t) => {
  const redis = await testRedis(t)
  const site = await testSite(t, {
    defaults: { sync: { every: '1s' } },
    keys: { redis: { url: { env: 'E2E_REDIS_URL' } } },
    env: { E2E_REDIS_URL: redis.url },
  })
  const canaries = {
    deployed: canary('deployed'),
    changed: canary('changed'),
    refused: canary('refused'),
    byHand: canary('by-hand'),
    webhookSecret: site.secret,
    token: site.forge.token,
    redisPassword: new URL(redis.url).password,
  }
  await site.repository.commit({
    'app/secret.yaml': secretYaml('secret', canaries.deployed),
    'app/c0.yaml': configMapYaml('c0'),
  })
  const instance = await site.start()
  await site.final(await site.repository.git('rev-parse', 'HEAD'))
  const changed = await site.push(instance, {
    'app/secret.yaml': secretYaml('secret', canaries.changed),
  })
  await site.final(changed)

  const byHand = `--patch={"stringData":{"key":"${canaries.byHand}","more":"${canaries.byHand}"}}`
  await site.kubectl('patch', 'secret', 'secret', byHand)
  await until('healed', async () => (await site.syncs()).some(({ drift }) => drift.length > 0))
  const valueOf = (fields: string) =>
    `${secretYaml('secret', canaries.changed)}${fields.replaceAll('CANARY', canaries.refused)}\n`
  const invalid = {
    'of the wrong type': 'stringData: [CANARY]',
    'not base64': 'data: {key: "CANARY!"}',
    'no YAML': 'stringData: {key: CANARY, key: [}',
    'of a field that must be a flag': 'immutable: CANARY',
  }
  for (const [what, fields] of Object.entries(invalid)) {
    const text = valueOf(fields)
    const secret = fields.startsWith('data') ? text.replace(/^data:\n.*\n/m, '') : text
    const sha = await site.push(instance, { 'app/secret.yaml': secret })
    t.equal((await site.final(sha)).state, 'failure', what)
  }
  await site.deliver(instance, { token: site.secret }, { 'x-hub-signature-256': site.secret })

  const places = await placesOf(site, redis.url, instance)
  for (const [place, text] of Object.entries(places)) {
    t.ok(text.length > 100, `${place} tells something`)
  }
  t.strictSame(findSecrets(canaries, places), [])
})
