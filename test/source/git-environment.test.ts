import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Test, test } from 'tap'
import { createSecret } from '../../src/domain/secret.ts'
import { aSource, noSignal } from '../support/a-source.ts'
import { anApplication } from '../support/an-application.ts'

/** A program that writes its environment, arguments and configuration down, then fails. */
async function aRecorder(t: Test, name: string) {
  const dir = t.testdir()
  const bin = join(dir, 'bin')
  const seen = join(dir, 'seen')
  await mkdir(bin)
  const script = `#!/bin/sh
exec 3>>${seen}
printf 'CALL\\n' >&3
/usr/bin/env >&3
for word in "$@"; do printf 'ARG %s\\n' "$word" >&3; done
[ -z "$GIT_CONFIG_GLOBAL" ] || sed 's/^/CONFIG /' "$GIT_CONFIG_GLOBAL" >&3
echo 'fatal: recorded' >&2
[ "$1" = init ] && exit 0
exit 128
`
  await writeFile(join(bin, name), script)
  await chmod(join(bin, name), 0o755)
  const calls = async () => (await readFile(seen, 'utf8')).split('CALL\n').slice(1)
  return { dir, path: `${bin}:/usr/bin:/bin`, calls }
}

function environmentOf(call: string): Record<string, string> {
  const lines = call.split('\n').filter((line) => /^[A-Z_0-9]+=/.test(line))
  const shell = new Set(['PWD', 'SHLVL', '_', 'OLDPWD'])
  const pairs = lines.map((line): [string, string] => {
    const at = line.indexOf('=')
    return [line.slice(0, at), line.slice(at + 1)]
  })
  return Object.fromEntries(pairs.filter(([key]) => !shell.has(key)))
}

test("git's real environment is a fixed list", async (t) => {
  const hostile = {
    HTTPS_PROXY: 'http://proxy.example.com',
    ALL_PROXY: 'http://proxy.example.com',
    GIT_SSH_COMMAND: 'touch marker',
    GIT_ASKPASS: 'touch',
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'protocol.ext.allow',
    GIT_CONFIG_VALUE_0: 'always',
    GIT_ALLOW_PROTOCOL: 'ext',
    GIT_TRACE_CURL: '1',
    SSH_AUTH_SOCK: '/tmp/agent',
    LANDFALL_CANARY: 'canary',
  }
  const before = { ...process.env }
  Object.assign(process.env, hostile)
  t.teardown(() => {
    for (const key of Object.keys(hostile)) delete process.env[key]
    Object.assign(process.env, before)
  })
  const { dir, path, calls } = await aRecorder(t, 'git')
  const source = aSource(dir, { path, resolve: async () => ['192.0.2.1'] })
  const credentials = {
    kind: 'token',
    username: 'landfall',
    token: createSecret('canary-t0ken'),
  } as const

  const fetching = source.fetchTip(anApplication({ credentials }), noSignal)
  await t.rejects(fetching, { code: 'SOURCE_UNREACHABLE' })

  const [init = '', fetch = ''] = await calls()
  const expected = {
    PATH: path,
    LC_ALL: 'C',
    HOME: join(dir, 'data', 'git', 'home'),
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_LITERAL_PATHSPECS: '1',
    GIT_DEFAULT_REF_FORMAT: 'files',
  }
  const { GIT_DIR, GIT_CONFIG_GLOBAL, ...rest } = environmentOf(fetch)
  t.same(rest, { ...expected, GIT_ALLOW_PROTOCOL: 'https' })
  t.match(GIT_DIR, /\/data\/tmp\/[^/]+\/mirror\.git$/)
  t.match(GIT_CONFIG_GLOBAL, /\/data\/tmp\/[^/]+\/config$/)

  await t.test('also when simple-git starts it', async (t) => {
    const { GIT_DIR, GIT_CONFIG_GLOBAL, ...rest } = environmentOf(init)
    t.same(rest, {
      ...expected,
      GIT_ALLOW_PROTOCOL: 'none',
      // simple-git's own: an abbreviated option could slip through its checks.
      GIT_TEST_DISALLOW_ABBREVIATED_OPTIONS: 'true',
    })
    t.match(GIT_DIR, /\/mirror\.git$/)
    t.equal(GIT_CONFIG_GLOBAL, join(dir, 'data', 'git', 'config'))
  })

  await t.test('C2: and its arguments are options of ours, a URL and a full refspec', async (t) => {
    const words = fetch.split('\n').flatMap((line) => line.match(/^ARG (.*)$/)?.slice(1) ?? [])
    const end = words.indexOf('--end-of-options')
    t.ok(end > 0)
    t.same(words.slice(end + 1), [
      'https://github.com/acme/deploy.git',
      '+refs/heads/main:refs/landfall/heads/main',
    ])
  })

  await t.test('E6: and the token is in its configuration file only, for one URL', async (t) => {
    const lines = fetch.split('\n')
    const basic = Buffer.from('landfall:canary-t0ken').toString('base64')
    const holders = lines.filter((line) => line.includes(basic) || line.includes('canary-t0ken'))
    t.same(holders, [`CONFIG   extraHeader = "Authorization: Basic ${basic}"`])
    t.ok(lines.includes('CONFIG [http "https://github.com/acme/deploy.git"]'))
    t.notOk(init.includes(basic))
  })

  await t.test('C3: and its configuration switches off what runs or fetches more', async (t) => {
    for (const line of [
      'hooksPath = /dev/null',
      'followRedirects = false',
      'bundleURI = false',
      'recurseSubmodules = false',
      'fsckObjects = true',
      'allow = never',
      'curloptResolve = "github.com:443:192.0.2.1"',
    ]) {
      t.ok(fetch.includes(`CONFIG   ${line}\n`), line)
    }
  })
})

test('ssh is started with one key, pinned hosts and nothing of its user', async (t) => {
  const { dir, path, calls } = await aRecorder(t, 'ssh')
  const mine = join(dir, "it's mine")
  const source = aSource(mine, { path, resolve: async () => ['192.0.2.1'] })
  const keyFile = join(dir, 'id')
  await writeFile(keyFile, 'a key')
  const application = anApplication({
    repo: 'git@git.example.com:acme/deploy.git',
    credentials: {
      kind: 'ssh',
      keyFile,
      knownHostsFile: '/keys/known hosts',
    },
  })

  await t.rejects(source.fetchTip(application, noSignal), { code: 'SOURCE_UNREACHABLE' })

  const [call = ''] = await calls()
  const words = call.split('\n').flatMap((line) => line.match(/^ARG (.*)$/)?.slice(1) ?? [])
  t.same(words.slice(0, 3), ['-F', '/dev/null', '-i'])
  t.ok(words[3]?.startsWith(`${mine}/data/tmp/`), 'a copy that only its user may read')
  t.same(
    words
      .filter((_, index) => words[index - 1] === '-o')
      .filter((option) => !/Alive|Timeout/.test(option)),
    [
      'BatchMode=yes',
      'StrictHostKeyChecking=yes',
      'UserKnownHostsFile="/keys/known hosts"',
      'GlobalKnownHostsFile=/dev/null',
      'IdentitiesOnly=yes',
      'IdentityAgent=none',
      'PreferredAuthentications=publickey',
      'ForwardAgent=no',
      'ClearAllForwardings=yes',
      'PermitLocalCommand=no',
      'SendEnv=GIT_PROTOCOL',
    ],
  )
  t.same(words.slice(-2), ['git@git.example.com', "git-upload-pack 'acme/deploy.git'"])
  t.notOk('SSH_AUTH_SOCK' in environmentOf(call))
})

test('C9: a host key that is not the pinned one fails closed', async (t) => {
  const dir = t.testdir({
    bin: {
      ssh: '#!/bin/sh\necho "Host key verification failed." >&2\nexit 255\n',
    },
  })
  await chmod(join(dir, 'bin', 'ssh'), 0o755)
  const source = aSource(dir, {
    path: `${dir}/bin:/usr/bin:/bin`,
    resolve: async () => ['192.0.2.1'],
  })
  const repo = 'ssh://git@git.example.com/acme/deploy'

  await t.rejects(source.fetchTip(anApplication({ repo }), noSignal), {
    code: 'SOURCE_HOST_KEY',
    retry: { kind: 'never' },
  })
})
