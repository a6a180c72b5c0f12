import { inspect } from 'node:util'
import { test } from 'tap'
import {
  env,
  load,
  loadValid,
  takeMark,
  told,
  toYaml,
  validConfig,
  validTree,
  validYaml,
  warned,
  withValue,
} from '../support/landfall-yaml.ts'

function withSecret(value: string, key = 'webhookSecret', type = 'github'): string {
  const typed = withValue(validTree, ['forges', 'github', 'type'], type)
  return toYaml(withValue(typed, ['forges', 'github', key], value))
}

test('a secret is read from the environment or from a file beside landfall.yaml', async (t) => {
  const yaml = withSecret('[{ env: HOOK }, { file: secrets/hook }]')
  const config = await loadValid(t, yaml, {
    files: { secrets: { hook: 'another-secret-of-32-characters!\r\n' } },
  })
  const secrets = config.forges.get('github')?.webhookSecrets ?? []
  t.same(
    secrets.map((secret) => secret.reveal()),
    [env.HOOK, 'another-secret-of-32-characters!'],
    'without the newline at its end',
  )
})

test('a configuration shows none of its secrets', async (t) => {
  const config = await loadValid(t, `redis: { url: { env: REDIS_URL } }\n${validYaml}`)
  const shown = `${inspect(config.forges, { depth: 9 })}${JSON.stringify(Array.from(config.applications))}`
  t.notMatch(shown, new RegExp(`${env.HOOK}|${env.TOKEN}`))
  t.match(JSON.stringify(Array.from(config.applications)), /\[redacted\]/)
})

test('a variable that is not set or empty is a problem at its name', async (t) => {
  const { text, place } = takeMark(withSecret('{ env: §HOK }'))
  t.same(told(await load(t, text)), [
    `${place} forges.github.webhookSecret.env: environment variable HOK is not set, set it (did you mean "HOOK"?)`,
  ])
  t.match(told(await load(t, withSecret('{ env: HOOK }'), { env: { HOOK: '' } })), [
    /environment variable HOOK is empty, give it a value$/,
  ])
})

test('a file that is missing, empty, a directory, endless or no text is a problem at its path', async (t) => {
  const files = { empty: '\n', folder: { x: '' }, lines: `${env.HOOK}\nx` }
  const cases = {
    nowhere: /no such file/,
    empty: /the file is empty/,
    folder: /a directory/,
    '/dev/zero': /larger than 65536 bytes/,
    lines: /a line break/,
    'kubeconfig/x': /no such file/,
  }
  for (const [file, message] of Object.entries(cases)) {
    const { text, place } = takeMark(withSecret(`{ file: §${file} }`))
    const problems = told(await load(t, text, { files }))
    t.equal(problems.length, 1, problems.join(' · '))
    t.ok(problems[0]?.startsWith(`${place} forges.github.webhookSecret.file: `), problems.join())
    t.match(problems[0], message)
  }
})

test('A4: an empty or short webhook secret is refused', async (t) => {
  const short = withSecret('{ env: SHORT }')
  t.match(told(await load(t, short, { env: { SHORT: 'fifteen-bytes-1' } })), [
    /shorter than 16 bytes/,
  ])
  t.same(told(await load(t, short, { env: { SHORT: 'sixteen-bytes-12' } })), [])
  t.match(
    told(
      await load(t, withSecret('[{ env: HOOK }, { env: SHORT }]'), { env: { ...env, SHORT: 'x' } }),
    ),
    [/webhookSecret\[1\]: the secret is shorter/],
  )
})

test('a signing token of GitLab is base64 of at least 16 bytes', async (t) => {
  const yaml = withSecret('{ env: HOOK }', 'webhookSecret', 'gitlab')
  const key = Buffer.alloc(32, 7).toString('base64')
  t.same(told(await load(t, yaml, { env: { HOOK: `whsec_${key}` } })), [])
  t.match(told(await load(t, yaml, { env: { HOOK: 'whsec_not-base64-at-all!' } })), [/no base64/])
  t.match(told(await load(t, yaml, { env: { HOOK: 'whsec_AAAAAAAAAAAAAA==' } })), [/no base64/])
  const github = withSecret('{ env: HOOK }')
  t.same(told(await load(t, github, { env: { HOOK: 'whsec_not-base64-at-all!' } })), [])
})

test('E6: a secret written where it does not belong is in no message', async (t) => {
  const canary = 'ghp_canary0123456789'
  const trees = [
    ['forges.github.token', canary],
    ['forges.github.token', `{ env: ${canary} }`],
    ['forges.github.token', `{ env: "${canary}!" }`],
    ['forges.github.token', `{ file: ${canary} }`],
    ['forges.github.webhookSecret', `[${canary}]`],
    ['forges.github.url', `https://${canary}@github.com`],
    ['applications.web.repo', `https://${canary}@github.com/a/b`],
    ['applications.web.credentials', `{ token: ${canary} }`],
    ['redis.url', `redis://:${canary}@h/db`],
    ['forges.github.token', `"${canary}" ${canary}`],
    ['forges.github.token', `{ env: ${canary}`],
  ] as const
  for (const [path, value] of trees) {
    const problems = told(await load(t, toYaml(withValue(validTree, path.split('.'), value))))
    t.not(problems.length, 0, value)
    t.notMatch(problems.join(), /canary/, value)
  }
})

test('the URL of Redis may hold a password, best in a secret', async (t) => {
  const read = await load(t, `redis: { url: { env: REDIS_URL } }\n${validYaml}`)
  t.equal(validConfig(read).redisUrl, env.REDIS_URL)
  t.same(warned(read), [])
  const written = await load(t, `redis: { url: "${env.REDIS_URL}" }\n${validYaml}`)
  t.equal(validConfig(written).redisUrl, env.REDIS_URL)
  t.same(warned(written), [
    '1:15 redis.url: holds a password, move it to {env: NAME} or {file: PATH}',
  ])
  const wrong = await load(t, `redis: { url: { env: REDIS_URL } }\n${validYaml}`, {
    env: { ...env, REDIS_URL: 'redis:6379' },
  })
  t.match(told(wrong), [/redis\.url: what it names is wrong: not a Redis URL/])
})
