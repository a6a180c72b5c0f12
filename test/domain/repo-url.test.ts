import fc from 'fast-check'
import { test } from 'tap'
import { normalizeRepoUrl } from '../../src/domain/repo-url.ts'

const name = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_-]{0,8}$/)
const host = fc.stringMatching(/^[A-Za-z][A-Za-z0-9]{0,8}\.(?:com|example)$/)
const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join('/'))
const ending = fc.constantFrom('', '/', '.git', '.git/', '//')
const scheme = fc.constantFrom('https://', 'http://', 'ssh://', 'ssh://git@', 'https://u:pw@')

test('normalizing a repository URL', async (t) => {
  await t.test('spellings of one repository become one', async (t) => {
    const spellings = [
      'https://github.com/Acme/Deploy.git',
      'http://github.com/acme/deploy',
      'https://github.com:443/acme/deploy',
      'https://ada:pw@GitHub.com/acme/deploy//',
      'git@github.com:acme/deploy',
      'github.com:acme/deploy.git/',
      'ssh://git@github.com:22/acme/deploy/',
    ]
    for (const spelling of spellings) {
      t.equal(normalizeRepoUrl(spelling), 'github.com/acme/deploy', spelling)
    }
  })

  await t.test('any two spellings of one repository are equal', async (t) => {
    const spelling = fc.record({ scheme, ending, upper: fc.boolean() })
    const property = fc.property(host, path, spelling, spelling, (at, to, one, other) => {
      const [first, second] = [one, other].map(({ scheme, ending, upper }) =>
        normalizeRepoUrl(`${scheme}${at}/${upper ? to.toUpperCase() : to}${ending}`),
      )
      const short = normalizeRepoUrl(`git@${at}:${to}${one.ending}`)
      return first !== undefined && first === second && first === short
    })

    t.doesNotThrow(() => fc.assert(property))
  })

  await t.test('normalizing what is normal already changes nothing', async (t) => {
    const port = fc.option(fc.integer({ min: 1024, max: 65_535 }), { nil: undefined })
    const property = fc.property(scheme, host, port, path, (scheme, at, port, to) => {
      const once = normalizeRepoUrl(`${scheme}${at}${port === undefined ? '' : `:${port}`}/${to}`)
      return once !== undefined && normalizeRepoUrl(`https://${once}`) === once
    })

    t.doesNotThrow(() => fc.assert(property))
  })

  await t.test('another host, port or path is another repository', async (t) => {
    const others = [
      'https://gitlab.com/acme/deploy',
      'https://github.com:8443/acme/deploy',
      'ssh://git@github.com:2222/acme/deploy',
      'https://github.com/acme/deploys',
      'https://github.com/acme/deploy/x',
    ]
    const normal = others.map(normalizeRepoUrl)

    t.notOk(normal.includes('github.com/acme/deploy'))
    t.equal(new Set(normal).size, others.length)
  })

  await t.test('a folder keeps its case, for its file system may', async (t) => {
    t.equal(normalizeRepoUrl('file:///srv/Deploy.git'), 'file://srv/Deploy')
  })

  await t.test('what is no repository URL is none', async (t) => {
    const none = ['', 'deploy', '/srv/deploy', 'ftp://github.com/x', 'ssh:///x', '::']
    for (const text of none) t.equal(normalizeRepoUrl(text), undefined, text)
  })

  await t.test('no text makes it throw', async (t) => {
    t.doesNotThrow(() =>
      fc.assert(
        fc.property(fc.string({ unit: 'binary' }), (text) => {
          normalizeRepoUrl(text)
        }),
      ),
    )
  })
})
