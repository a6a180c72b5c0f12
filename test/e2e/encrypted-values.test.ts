import { test } from 'tap'
import { canary, findSecrets } from '../support/canary.ts'
import { placesOf } from '../support/places.ts'
import { watchCommandLines } from '../support/processes.ts'
import { testRedis } from '../support/redis.ts'
import { testSite } from '../support/site.ts'
import { ageKey, sopsSecret, sopsYaml } from '../support/sops.ts'
import { until } from '../support/until.ts'

const key = await ageKey()
/** Too short for the redactor. */
const pin = 'q7x'

function configMap(name: string, value: string): Promise<string> {
  return sopsYaml(
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name },
      data: { value, plain: '${variable}' },
    },
    key,
  )
}

test('E5, I5: nothing of an encrypted file or of a secret variable leaves', async (t) => {
  const redis = await testRedis(t)
  const canaries = {
    deployed: canary('deployed'),
    changed: canary('changed'),
    inConfigMap: canary('in-config-map'),
    changedInConfigMap: canary('changed-in-config-map'),
    refused: canary('refused'),
    tampered: canary('tampered'),
    variable: canary('variable'),
    key: key.identity,
  }
  const site = await testSite(t, {
    defaults: { sync: { every: '1s' } },
    applications: {
      '': {
        render: {
          decrypt: { age: { env: 'E2E_AGE_KEY' } },
          substitute: { variables: { variable: { env: 'E2E_VARIABLE' }, pin: { env: 'E2E_PIN' } } },
        },
      },
    },
    keys: { redis: { url: { env: 'E2E_REDIS_URL' } } },
    env: {
      E2E_REDIS_URL: redis.url,
      E2E_AGE_KEY: key.identity,
      E2E_VARIABLE: canaries.variable,
      E2E_PIN: pin,
    },
  })
  const commands = watchCommandLines(t, site.dir)
  await site.repository.commit({
    'app/secret.yaml': await sopsSecret('secret', { value: canaries.deployed }, key),
    'app/config.yaml': await configMap('config', canaries.inConfigMap),
  })
  const instance = await site.start()
  const first = await site.final(await site.repository.git('rev-parse', 'HEAD'))
  t.equal(first.state, 'success', first.description)
  const deployed = await site.kubectl('get', 'secret/secret', '-o', 'jsonpath={.data.value}')
  t.equal(Buffer.from(deployed, 'base64').toString(), canaries.deployed, 'it is deployed in clear')
  const changed = await site.push(instance, {
    'app/secret.yaml': await sopsSecret('secret', { value: canaries.changed }, key),
    'app/config.yaml': await configMap('config', canaries.changedInConfigMap),
  })
  t.equal((await site.final(changed)).state, 'success')

  for (const [kind, name] of [
    ['secret', 'secret'],
    ['configmap', 'config'],
  ] as const) {
    const before = (await site.syncs()).flatMap(({ drift }) => drift).length
    await site.kubectl(
      'patch',
      kind,
      name,
      '--patch={"data":{"value":"YnktaGFuZA==","plain":"YQ=="}}',
    )
    const isHealed = async () => (await site.syncs()).flatMap(({ drift }) => drift).length > before
    await until(`${kind} is healed`, isHealed)
  }
  const wrongKey = await ageKey()
  const tampered = await sopsSecret('secret', { value: canaries.tampered }, key)
  const broken = {
    'for another key': await sopsSecret('secret', { value: canaries.refused }, wrongKey),
    'changed since': tampered.replace('kind: Secret', 'kind: Other'),
    'refused by the server': await sopsYaml(
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'by-hand' },
        spec: {
          type: 'ExternalName',
          externalName: 'example.com',
          sessionAffinity: canaries.refused,
        },
      },
      key,
      ['sessionAffinity'],
    ),
  }
  await site.kubectl('create', 'service', 'externalname', 'by-hand', '--external-name=example.com')
  for (const [what, file] of Object.entries(broken)) {
    const sha = await site.push(instance, { 'app/secret.yaml': file })
    const status = await site.final(sha)
    t.equal(status.state, 'failure', what)
    if (what !== 'refused by the server') t.match(status.description, 'app/secret.yaml')
  }

  // By hand made, and what Git has of it is refused: with the value, by the server.
  const refused = await site.landfall('adopt', site.name)
  t.match(refused.stdout, /Service .*by-hand: .*Unsupported value: .*\[redacted\]/)
  const places = {
    ...(await placesOf(site, redis.url, instance)),
    'the rendered objects': JSON.stringify(
      await site.landfall('render', site.name, '--revision', changed),
    ),
    'what cannot be adopted': JSON.stringify(refused),
    'the difference': JSON.stringify(await site.landfall('diff', site.name)),
    'the command lines': (await commands.seen()).join('\n'),
  }
  for (const [place, text] of Object.entries(places)) {
    t.ok(text.length > 100, `${place} tells something`)
  }
  t.strictSame(findSecrets(canaries, places), [])

  const local = t.testdir({
    app: {
      'pin.yaml':
        'apiVersion: v1\nkind: Secret\nmetadata: {name: pin}\nstringData: {pin: "${pin}"}\n',
    },
  })
  const { stdout } = await site.landfall('render', site.name, '--local', local)
  t.match(stdout, /pin: "?\[redacted\]/, 'a Secret with a short variable is printed without it')
  t.notMatch(stdout, Buffer.from(pin).toString('base64'))
})
