import fc from 'fast-check'
import { test } from 'tap'
import { parseRepoUrl } from '../../src/config/parse-repo-url.ts'
import { StageError } from '../../src/domain/error.ts'
import { describeRepo, parseRepoAddress } from '../../src/source/repo-address.ts'

const strict = { allowInsecureHttp: false, allowLocalRepos: false }
const open = { allowInsecureHttp: true, allowLocalRepos: true }

test('C1: what is no plain repository URL is refused', async (t) => {
  const hostile = [
    '',
    'ext::sh -c touch% marker',
    'ext::sh',
    'fd::17',
    'transport::address',
    '/etc',
    '../deploy',
    './deploy.git',
    'deploy.git',
    '-oProxyCommand=touch marker',
    '--upload-pack=touch',
    'https:///h',
    'https:/github.com/acme/deploy',
    'https://',
    'https://github.com',
    'https://github.com/',
    'git@-x:deploy',
    'git@github.com:-oProxyCommand=x',
    '-git@github.com:deploy',
    'git@host::deploy',
    'ssh://-oProxyCommand=x/deploy',
    'ssh://-l@host/deploy',
    'ssh://git:secret@host/deploy',
    'https://github.com/acme/deploy%0aInjected',
    'https://github.com/acme/deploy%00',
    'https://github.com/acme/de ploy',
    'https://github.com/acme/deploy\n',
    'https://github.com\\@evil.example/deploy',
    'https://user@github.com/acme/deploy',
    'https://user:secret@github.com/acme/deploy',
    'https://github.com/acme/deploy?token=x',
    'https://github.com/acme/deploy#main',
    'git://github.com/acme/deploy',
    'ftp://github.com/acme/deploy',
    'javascript:alert(1)',
    'file://host/srv/deploy.git',
    'file:///',
    `https://github.com/${'a'.repeat(3000)}`,
  ]
  for (const url of hostile) {
    t.throws(() => parseRepoAddress(url, open), { code: 'SOURCE_REFUSED' }, JSON.stringify(url))
  }
})

test('http and file are refused unless the operator allows them', async (t) => {
  const http = 'http://git.example.com/deploy.git'
  const file = 'file:///srv/deploy.git'

  t.throws(() => parseRepoAddress(http, strict), { message: /security\.allowInsecureHttp/ })
  t.throws(() => parseRepoAddress(file, strict), { message: /security\.allowLocalRepos/ })
  t.match(parseRepoAddress(http, open), { scheme: 'http', url: http, host: 'git.example.com' })
  t.match(parseRepoAddress(file, open), { scheme: 'file', url: file, host: '' })
})

test('the usual spellings are taken', async (t) => {
  t.match(parseRepoAddress('https://github.com/acme/deploy.git', strict), {
    scheme: 'https',
    host: 'github.com',
    port: undefined,
  })
  t.match(parseRepoAddress('https://git.example.com:8443/acme/deploy', strict), { port: 8443 })
  t.match(parseRepoAddress('https://[::1]/acme/deploy', strict), { host: '::1' })
  t.match(parseRepoAddress('git@github.com:acme/deploy.git', strict), {
    scheme: 'ssh',
    url: 'git@github.com:acme/deploy.git',
    host: 'github.com',
  })
  t.match(parseRepoAddress('ssh://git@git.example.com:2222/acme/deploy', strict), {
    scheme: 'ssh',
    host: 'git.example.com',
    port: 2222,
  })
})

test('E6: a refused URL is told without its credential', async (t) => {
  const text = 'https://user:s3cret@github.com/acme/deploy?token=s3cret#s3cret'

  t.equal(describeRepo(text), 'https://github.com/acme/deploy')
  try {
    parseRepoAddress(text, strict)
    t.fail('it was taken')
  } catch (error: unknown) {
    t.match(error, { code: 'SOURCE_REFUSED' })
    t.notMatch(String(error), /s3cret/)
  }
})

test('any text is an address or SOURCE_REFUSED', async (t) => {
  const texts = fc.oneof(fc.string(), fc.webUrl(), fc.string({ unit: 'binary' }))
  fc.assert(
    fc.property(texts, (text) => {
      try {
        const { url } = parseRepoAddress(text, open)
        return !url.startsWith('-') && !/[\s\p{Cc}]/u.test(url)
      } catch (error: unknown) {
        return error instanceof StageError && error.code === 'SOURCE_REFUSED'
      }
    }),
    { numRuns: 2000 },
  )
  t.pass('2,000 texts')
})

test('every URL that the configuration takes is an address', async (t) => {
  const part = fc.stringMatching(/^[a-z0-9_.-]{1,12}$/)
  const prefix = fc.constantFrom('https://', 'http://', 'ssh://', 'ssh://git@', 'git@', 'file:///')
  const separator = fc.constantFrom('/', ':', ':8080/', '//')
  fc.assert(
    fc.property(prefix, part, separator, part, (start, host, middle, path) => {
      const text = `${start}${host}${middle}${path}`
      if (parseRepoUrl(text).kind === 'refused') return true
      return parseRepoAddress(text, open).url !== ''
    }),
    { numRuns: 2000, examples: [['file:///', '.', '/', '.']] },
  )
  t.pass('2,000 URLs')
})
