import fc from 'fast-check'
import { test } from 'tap'
import { findRepository, parseChartAddress } from '../../src/domain/chart.ts'
import { createSecret } from '../../src/domain/secret.ts'

const none = { credentials: undefined }

test('a repository of charts is one with an index, or a registry', (t) => {
  const written = {
    'https://Charts.example.com/stable/': ['index', 'https://charts.example.com/stable'],
    'http://charts.example.com:8080': ['index', 'http://charts.example.com:8080'],
    'oci://registry.example.com/acme': ['registry', 'https://registry.example.com/acme'],
    'oci+http://127.0.0.1:5000/acme': ['registry', 'http://127.0.0.1:5000/acme'],
    'https://[2001:db8::1]/charts': ['index', 'https://[2001:db8::1]/charts'],
  } as const
  for (const [url, [kind, base]] of Object.entries(written)) {
    t.same(parseChartAddress(url), { kind, base }, url)
  }
  t.end()
})

test('C1: what two parsers could read in two ways is no repository', (t) => {
  const odd = [
    '',
    'db',
    '@stable',
    'alias:stable',
    'file://../common',
    'ftp://example.com/x',
    'https://user:word@example.com/x',
    'https://user@example.com',
    'https://example.com/x?y=z',
    'https://example.com/x#y',
    'https://example.com/../x',
    'https://example.com/a/./x',
    'https://example.com/%2e%2e/x',
    'https://example.com\\@other.com/x',
    'https://example.com//x',
    'https:///x',
    'https://example.com:999999/x',
    ' https://example.com/x',
    'https://example.com/x\n',
    'oci:registry.example.com/x',
  ]
  for (const url of odd) t.equal(parseChartAddress(url), undefined, JSON.stringify(url))
  t.end()
})

test('a repository is found by its URL, or by one above it', (t) => {
  const credentials = { username: 'a', token: createSecret('b') }
  const stable = { url: 'https://charts.example.com/stable', credentials }
  const all = [{ url: 'oci+http://registry.example.com/acme', ...none }, stable]
  const baseOf = (url: string) => findRepository(all, url)?.address.base

  t.equal(findRepository(all, 'https://charts.example.com/stable/')?.repository, stable)
  t.equal(
    baseOf('https://charts.example.com/stable/more'),
    'https://charts.example.com/stable/more',
  )
  t.equal(baseOf('oci://registry.example.com/acme/x'), 'http://registry.example.com/acme/x')
  for (const url of [
    'https://charts.example.com',
    'https://charts.example.com/stable2',
    'http://charts.example.com/stable',
    'oci://charts.example.com/stable',
    'https://registry.example.com/acme',
    'oci://registry.example.com.evil.com/acme',
    'oci://registry.example.com/acme/../other',
  ]) {
    t.equal(findRepository(all, url), undefined, url)
  }
  t.end()
})

test('of two repositories that a chart lies below, the nearer one counts', (t) => {
  const all = ['https://a.com', 'https://a.com/x/y', 'https://a.com/x'].map((url) => ({
    url,
    ...none,
  }))
  const found = (url: string) => findRepository(all, url)?.repository.url

  t.equal(found('https://a.com/x/y/z'), 'https://a.com/x/y')
  t.equal(found('https://a.com/x/z'), 'https://a.com/x')
  t.equal(found('https://a.com/z'), 'https://a.com')
  t.end()
})

test('what is found always lies at a host that was named', (t) => {
  const hosts = fc.constantFrom('a.com', 'b.com', 'a.com:8080', 'a.com.b.com')
  const schemes = fc.constantFrom('https', 'http', 'oci', 'oci+http')
  const paths = fc.constantFrom('', '/x', '/x/y', '/xy', '/x/../y', '/%2e%2e')
  const urls = fc
    .tuple(schemes, hosts, paths)
    .map(([scheme, host, path]) => `${scheme}://${host}${path}`)
  fc.assert(
    fc.property(fc.array(urls), urls, (named, url) => {
      const repositories = named.map((one) => ({ url: one, ...none }))
      const found = findRepository(repositories, url)
      const hostOf = (one: string) => new URL(parseChartAddress(one)?.base ?? 'x://none').host
      return found === undefined || named.map(hostOf).includes(new URL(found.address.base).host)
    }),
  )
  t.pass()
  t.end()
})
