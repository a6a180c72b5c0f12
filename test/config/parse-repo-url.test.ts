import fc from 'fast-check'
import { test } from 'tap'
import { parseRepoUrl } from '../../src/config/parse-repo-url.ts'

function kindOf(text: string): string {
  return parseRepoUrl(text).kind
}

test('a repository is named by https, http, ssh, git@host:path or file', async (t) => {
  t.same(parseRepoUrl('https://github.com/acme/deploy.git'), {
    kind: 'https',
    origin: 'https://github.com',
    host: 'github.com',
  })
  t.same(parseRepoUrl('http://git.lab:8080/acme/deploy'), {
    kind: 'http',
    origin: 'http://git.lab:8080',
    host: 'git.lab',
  })
  t.same(parseRepoUrl('git@GitHub.com:acme/deploy.git'), { kind: 'ssh', host: 'github.com' })
  t.same(parseRepoUrl('ssh://git@github.com:2222/acme/deploy.git'), {
    kind: 'ssh',
    host: 'github.com',
  })
  t.same(parseRepoUrl('file:///srv/git/deploy.git'), { kind: 'file' })
})

test('C1: what git would not read as the URL of a repository is refused', async (t) => {
  const urls = [
    '',
    'ext::sh -c touch% /tmp/pwned',
    'ext::sh',
    'fd::17',
    'EXT::sh',
    '/etc',
    './repo',
    '../repo',
    'C:\\repo',
    '-oProxyCommand=touch x',
    '--upload-pack=touch x',
    '--upload-pack=x',
    'https:///h',
    'https:///h/x',
    'https://h',
    'https://h/',
    'https://h//',
    'https:h/x',
    'HTTPS://h/x',
    'git://h/x',
    'ftp://h/x',
    'javascript:alert(1)',
    'git@-x:a/b',
    'git@-oProxyCommand=x:a/b',
    'git@h:-x',
    '-git@h:x',
    'ssh://-oProxyCommand=x/a',
    'ssh://-x@h/a',
    'ssh://h',
    'ssh:///a',
    'https://h/x%0ay',
    'https://h/x%00',
    'https://h/x%7f',
    'https://h/x\ny',
    'https://h/x y',
    'https://h\\@evil/x',
    'https://h/x?y',
    'https://h/x#y',
    'https://h/a/../../b',
    'git@h:../b',
    'file://h/x',
    'file:///',
    'file:x',
    'file:///srv/../etc',
    'file:///x?y',
    'https://exämple.com/x',
    `https://h/${'a'.repeat(2048)}`,
    'github.com/acme/deploy',
    'https://ho st/x',
    'https://[::1/x',
    'https://1.2.3.4.5/x',
    'git@1.2.3.400:x',
    'https://a..-/x',
  ]
  for (const url of urls) t.equal(kindOf(url), 'refused', url)
})

test('E6: a credential in the URL is refused, and the reason does not repeat it', async (t) => {
  const urls = [
    'https://token@github.com/a/b',
    'https://u:canary@github.com/a/b',
    'http://canary@github.com/a/b',
    'ssh://git:canary@github.com/a/b',
    'https://github.com/a/b?token=canary',
  ]
  for (const url of urls) {
    const parsed = parseRepoUrl(url)
    t.equal(parsed.kind, 'refused', url)
    t.notMatch(JSON.stringify(parsed), /canary/)
  }
})

test('C7: link-local and metadata hosts are refused in any spelling', async (t) => {
  const hosts = [
    '169.254.169.254',
    '169.254.0.1',
    '0xa9fea9fe',
    '0xa9.0xfe.0xa9.0xfe',
    '2852039166',
    '169.254.43518',
    '0251.0376.0251.0376',
    '169.254.169.254.',
    '169.254.169.25%34',
    '[::ffff:169.254.169.254]',
    '[::ffff:a9fe:a9fe]',
    '[::169.254.169.254]',
    '[64:ff9b::169.254.169.254]',
    '[2002:a9fe:a9fe::1]',
    '[fe80::1]',
    '[febf::1]',
    '[fd00:ec2::254]',
    '100.100.100.200',
    '168.63.129.16',
    '192.0.0.192',
    '0.0.0.0',
    '0',
    '[::]',
    'metadata.google.internal',
    'METADATA.google.internal.',
    'metadata',
    'metadata.goog',
    'instance-data',
  ]
  for (const host of hosts) {
    t.equal(kindOf(`https://${host}/a/b`), 'refused', `https ${host}`)
    t.equal(kindOf(`ssh://git@${host}/a/b`), 'refused', `ssh ${host}`)
  }
  t.equal(kindOf('git@169.254.169.254:a/b'), 'refused')
  t.equal(kindOf('git@0xa9fea9fe:a/b'), 'refused')
})

test('C7: private and loopback hosts are the choice of the operator', async (t) => {
  const hosts = [
    '127.0.0.1',
    '0x7f.1',
    '[::ffff:127.0.0.1]',
    '[::1]',
    'localhost',
    '10.0.0.1',
    '192.168.1.1',
    'git',
  ]
  for (const host of hosts) t.equal(kindOf(`https://${host}/a/b`), 'https', host)
})

test('parsing never throws, and what it accepts holds nothing git could misread', async (t) => {
  const piece = fc.constantFrom(
    'https://',
    'ssh://',
    'file://',
    'git@',
    'h',
    '.',
    '/',
    ':',
    '@',
    '-',
    '%0a',
    '%',
    ' ',
    '\\',
    '[',
    ']',
    '::',
    '1',
    'é',
  )
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const url = pieces.join('')
        return (
          kindOf(url) === 'refused' ||
          (/^(?:https?|ssh|file):\/\/|^\w[\w.-]*@/.test(url) && !/[\s\\]/.test(url))
        )
      }),
      { numRuns: 2000 },
    ),
  )
})
