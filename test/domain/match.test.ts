import fc from 'fast-check'
import { test } from 'tap'
import type { ForgeEvent } from '../../src/domain/event.ts'
import { matchApplications } from '../../src/domain/match.ts'
import { anApplication } from '../support/an-application.ts'

function push(url: string, ref = 'refs/heads/main'): ForgeEvent {
  const repository = { id: '42', urls: [url] }
  return { kind: 'push', repository, ref, before: '1'.repeat(40), after: '2'.repeat(40) }
}

const deploy = 'https://github.com/acme/deploy.git'
const unknown = { kind: 'unknown', repository: { id: '42' } }

test("every application of the repository and branch matches, in the configuration's order", async (t) => {
  const applications = [
    anApplication({ name: 'b', path: 'apps/b' }),
    anApplication({ name: 'a', path: 'apps/a' }),
    anApplication({ name: 'staging', branch: 'staging' }),
    anApplication({ name: 'other', repo: 'https://github.com/acme/other.git' }),
  ]

  const match = matchApplications(push(deploy), 'github', applications)

  t.match(match, { kind: 'matched', applications: [{ name: 'b' }, { name: 'a' }] })
})

test('spellings of one repository match', async (t) => {
  const spellings = [
    'https://github.com/acme/deploy',
    'https://github.com/Acme/Deploy.git',
    'git@github.com:acme/deploy.git',
    'ssh://git@github.com/acme/deploy.git',
  ]
  for (const repo of spellings) {
    const match = matchApplications(push(deploy), 'github', [anApplication({ repo })])
    t.match(match, { kind: 'matched' }, repo)
  }
})

test("any of the payload's URLs is enough", async (t) => {
  const event: ForgeEvent = {
    kind: 'merged',
    repository: { id: '42', urls: ['nonsense', deploy] },
    ref: 'refs/heads/main',
  }

  t.match(matchApplications(event, 'github', [anApplication()]), { kind: 'matched' })
})

test('a renamed repository matches by the URL that its id came with before', async (t) => {
  const event = push('https://github.com/acme/renamed.git')

  t.match(matchApplications(event, 'github', [anApplication()], deploy), { kind: 'matched' })
  t.match(matchApplications(event, 'gitlab', [anApplication()], deploy), unknown)
})

test('B1: only the full ref name of the branch matches', async (t) => {
  const refs = ['main', 'refs/tags/main', 'refs/heads/mainline', 'refs/heads/x/main', 'heads/main']
  for (const ref of refs) {
    t.same(
      matchApplications(push(deploy, ref), 'github', [anApplication()]),
      { kind: 'ignored', reason: 'no application tracks this branch' },
      ref,
    )
  }
})

test('A8: an application of another forge, or of none, does not match', async (t) => {
  for (const forge of ['gitlab', undefined]) {
    t.match(matchApplications(push(deploy), 'github', [anApplication({ forge })]), unknown)
  }
})

test('A10: what a payload says is never a pattern', async (t) => {
  const patterns = [
    'https://github.com/.*/.*',
    '.*',
    '(a+)+$',
    'https://github.com/acme/deploy|https://github.com/acme/other',
    `https://github.com/${'a'.repeat(2000)}!`,
    '',
  ]
  for (const url of patterns) {
    t.match(matchApplications(push(url), 'github', [anApplication()]), unknown, url)
  }
})

test('a ping and an ignored event match nothing and say why', async (t) => {
  const ignored = { kind: 'ignored', reason: 'a tag was pushed' } as const

  t.same(matchApplications({ kind: 'ping' }, 'github', [anApplication()]), {
    kind: 'ignored',
    reason: 'ping',
  })
  t.same(matchApplications(ignored, 'github', [anApplication()]), ignored)
})

test('no URL and no ref make it throw, or match what they are not equal to', async (t) => {
  const property = fc.property(fc.string({ unit: 'binary' }), fc.string(), (url, ref) => {
    const match = matchApplications(push(url, ref), 'github', [anApplication()])
    return match.kind === 'unknown'
  })

  t.doesNotThrow(() => fc.assert(property))
})
