import { test } from 'tap'
import { canary, findSecrets } from '../support/canary.ts'
import { placesOf } from '../support/places.ts'
import { watchCommandLines } from '../support/processes.ts'
import { testRedis } from '../support/redis.ts'
import { testSite } from '../support/site.ts'
import { until } from '../support/until.ts'

const chart = 'apiVersion: v2\nname: web\nversion: 1.0.0\n'
const secret = (more = '') => `apiVersion: v1
kind: Secret
metadata: {name: chart}
stringData:
  own: {{ .Values.own | quote }}
  file: {{ .Values.file | quote }}
  config: {{ .Values.config | quote }}
${more}`

test('E5, I5: no secret of the values of a chart leaves', async (t) => {
  const redis = await testRedis(t)
  const canaries = {
    own: canary('own'),
    file: canary('file'),
    changed: canary('changed'),
    config: canary('config'),
    byHand: canary('by-hand'),
  }
  const render = {
    type: 'helm',
    valueFiles: ['values-prod.yaml'],
    values: { config: canaries.config },
  }
  const site = await testSite(t, {
    defaults: { sync: { every: '1s' } },
    applications: { '': { render } },
    keys: { redis: { url: { env: 'E2E_REDIS_URL' } } },
    env: { E2E_REDIS_URL: redis.url },
  })
  const commands = watchCommandLines(t, site.dir)
  const files = {
    'app/Chart.yaml': chart,
    'app/values.yaml': `own: ${canaries.own}\n`,
    'app/values-prod.yaml': `file: ${canaries.file}\n`,
    'app/templates/secret.yaml': secret(),
  }
  await site.repository.commit(files)
  const instance = await site.start()
  await site.final(await site.repository.git('rev-parse', 'HEAD'))
  const valueFile = { 'app/values-prod.yaml': `file: ${canaries.changed}\n` }
  const changed = await site.push(instance, valueFile)
  t.equal((await site.final(changed)).state, 'success')

  await site.kubectl(
    'patch',
    'secret',
    'chart',
    `--patch={"stringData":{"file":"${canaries.byHand}"}}`,
  )
  await until('healed', async () => (await site.syncs()).some(({ drift }) => drift.length > 0))
  const broken = {
    'that fails on purpose': secret('{{ fail (print .Values.own .Values.file .Values.config) }}\n'),
    'of the wrong type': secret('immutable: {{ .Values.file }}\n'),
    'that is no YAML': secret('  torn: [{{ .Values.config }}\nb: c\n'),
  }
  for (const [what, text] of Object.entries(broken)) {
    const sha = await site.push(instance, { 'app/templates/secret.yaml': text })
    t.equal((await site.final(sha)).state, 'failure', what)
  }
  const schema = { properties: { own: { type: 'string', pattern: '^[A-Z]+$' } } }
  const refused = await site.push(instance, {
    'app/templates/secret.yaml': secret(),
    'app/values.schema.json': JSON.stringify(schema),
  })
  t.equal((await site.final(refused)).state, 'failure')

  const places = {
    ...(await placesOf(site, redis.url, instance)),
    'the command lines': (await commands.seen()).join('\n'),
  }
  for (const [place, text] of Object.entries(places)) {
    t.ok(text.length > 100, `${place} tells something`)
  }
  t.strictSame(findSecrets(canaries, places), [])
})
