import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'
import type { CommitStatus } from '../../src/domain/commit-status.ts'
import type { ErrorCode, Retry } from '../../src/domain/error.ts'
import type { ForgeSettings } from '../../src/domain/settings.ts'
import { createForge } from '../../src/forge/create-forge.ts'
import type { FakeAnswer, FakeForge } from './fake-forge.ts'
import {
  aStatus,
  contractTime,
  failure,
  type ServedForge,
  type StatusSubject,
  settingsOf,
  statusContract,
} from './status-contract.ts'

interface ContractSubject extends Omit<StatusSubject, 'serve'> {
  readonly start: () => Promise<FakeForge>
}

/** What every forge does with a commit status, whatever it is answered; each test has a fake of its own. */
export async function forgeContract(t: Test, subject: ContractSubject): Promise<void> {
  await statusContract(t, { ...subject, serve: (t) => serveFake(t, subject.start) })

  const begin = async (t: Test, settings: Partial<ForgeSettings> = {}) => {
    const fake = await subject.start()
    t.teardown(() => fake.close())
    const configured = { ...settingsOf(subject.type, fake), ...settings }
    const forge = createForge(configured, { fetch, clock: { now: () => contractTime } })
    const post = (status: CommitStatus, signal = new AbortController().signal) =>
      forge.postStatus(`${fake.url}/acme/deploy.git`, status, signal)
    return { fake, forge, post }
  }

  const failures: readonly [string, FakeAnswer, ErrorCode, Retry][] = [
    ['a refused token', { status: 401 }, 'FORGE_DENIED', { kind: 'never' }],
    ['a missing permission', { status: 403 }, 'FORGE_DENIED', { kind: 'never' }],
    ['a failure of the forge', { status: 502 }, 'FORGE_UNREACHABLE', { kind: 'backoff' }],
    [
      'a limit that names its seconds',
      { status: 429, headers: { 'retry-after': '17' } },
      'FORGE_THROTTLED',
      { kind: 'after', ms: 17_000 },
    ],
    [
      'a limit that names its date',
      { status: 429, headers: { 'retry-after': 'Thu, 01 Jan 2026 00:00:42 GMT' } },
      'FORGE_THROTTLED',
      { kind: 'after', ms: 42_000 },
    ],
    [
      'a limit that names no time',
      { status: 429 },
      'FORGE_THROTTLED',
      { kind: 'after', ms: 60_000 },
    ],
    ['an update in progress', { status: 409 }, 'FORGE_THROTTLED', { kind: 'backoff' }],
    ['an invalid status', { status: 422 }, 'FORGE_REJECTED', { kind: 'never' }],
  ]
  for (const [name, answer, code, retry] of failures) {
    await t.test(`${name} is ${code}, ${retry.kind}`, async (t) => {
      const { fake, post } = await begin(t)
      fake.answerNext({ body: { message: 'no, thank you' }, ...answer })

      const error = await failure(post(aStatus()))

      t.match(error, { code, retry, text: /landfall\/task-agent.*no, thank you/ })
      t.equal(fake.requests.length, 1)
    })
  }

  await t.test('409 twice is posted at the third try', async (t) => {
    const { fake, post } = await begin(t)
    fake.answerNext({ status: 409 })
    fake.answerNext({ status: 409 })

    const errors = [await failure(post(aStatus())), await failure(post(aStatus()))]
    await post(aStatus())

    t.match(errors, [{ retry: { kind: 'backoff' } }, { retry: { kind: 'backoff' } }])
    t.equal(fake.statuses.length, 1)
  })

  await t.test('an answer with HTML in place of JSON is a failure of the forge', async (t) => {
    const { fake, post } = await begin(t)
    fake.answerNext({ status: 503, headers: { 'content-type': 'text/html' }, body: '<h1>' })

    t.match(await failure(post(aStatus())), { code: 'FORGE_UNREACHABLE' })
  })

  await t.test('C6: a redirect is not followed, and takes no token with it', async (t) => {
    const elsewhere = createServer((_request, response) => response.end('{}'))
    let visits = 0
    elsewhere.on('request', () => {
      visits += 1
    })
    elsewhere.listen(0, '127.0.0.1')
    await once(elsewhere, 'listening')
    t.teardown(() => void elsewhere.close())
    const location = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/`

    for (const status of [301, 302, 307, 308]) {
      const { fake, post } = await begin(t)
      fake.answerNext({ status, headers: { location } })
      t.match(await failure(post(aStatus())), { code: 'FORGE_REJECTED', retry: { kind: 'never' } })
    }
    t.equal(visits, 0)
  })

  await t.test('a forge that does not listen is FORGE_UNREACHABLE', async (t) => {
    const { fake, post } = await begin(t)
    await fake.close()

    const error = await failure(post(aStatus()))

    t.match(error, { code: 'FORGE_UNREACHABLE', retry: { kind: 'backoff' } })
  })

  await t.test('an aborted post ends at once', async (t) => {
    const { fake, post } = await begin(t)
    const aborted = AbortSignal.abort()

    t.match(await failure(post(aStatus(), aborted)), { code: 'FORGE_UNREACHABLE' })
    t.equal(fake.requests.length, 0)
  })

  await t.test('a forge without a token posts nothing and says what to set', async (t) => {
    const { fake, post } = await begin(t, { token: undefined })

    const error = await failure(post(aStatus()))

    t.match(error, { code: 'FORGE_DENIED', text: /set forges\..*\.token/ })
    t.equal(fake.requests.length, 0)
  })

  await t.test('a repository without a path on a forge is FORGE_REJECTED', async (t) => {
    const { fake, forge } = await begin(t)
    const { signal } = new AbortController()

    for (const repo of ['file:///srv/git/deploy.git', 'https://git.example.com/deploy.git']) {
      const error = await failure(forge.postStatus(repo, aStatus(), signal))
      t.match(error, { code: 'FORGE_REJECTED', retry: { kind: 'never' } })
    }
    t.equal(fake.requests.length, 0)
  })

  await t.test('E6: no error repeats the token', async (t) => {
    for (const status of [301, 401, 403, 404, 409, 422, 429, 500]) {
      const { fake, post } = await begin(t)
      fake.answerNext({ status, headers: { location: '/elsewhere' } })
      const error = await failure(post(aStatus()))
      t.notOk(`${error.message} ${error.stack}`.includes(fake.token), `${status}`)
    }
  })
}

async function serveFake(t: Test, start: () => Promise<FakeForge>): Promise<ServedForge> {
  const fake = await start()
  t.teardown(() => fake.close())
  const { url, apiUrl, token, violations } = fake
  const { sha } = aStatus()
  const late = 'd'.repeat(40)
  return {
    url,
    apiUrl,
    token,
    violations,
    repo: `${url}/acme/deploy.git`,
    sha,
    statuses: async () =>
      fake.statuses.filter((status) => status.repo === 'acme/deploy' && status.sha === sha),
    hide: async () => {
      fake.hide(late)
      return { sha: late, serve: async () => fake.serve(late) }
    },
  }
}
