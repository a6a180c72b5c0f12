import { randomUUID } from 'node:crypto'
import type { Test } from 'tap'
import type { CommitState, CommitStatus } from '../../src/domain/commit-status.ts'
import { type ErrorCode, StageError } from '../../src/domain/error.ts'
import { createSecret } from '../../src/domain/secret.ts'
import type { ForgeSettings } from '../../src/domain/settings.ts'
import { createForge } from '../../src/forge/create-forge.ts'
import type { PostedStatus } from './fake-forge.ts'
import { forgeSettings } from './forge-settings.ts'

/** A forge that runs, with a repository of one commit, for one test. */
export interface ServedForge {
  readonly url: string
  readonly apiUrl: string
  readonly token: string
  readonly repo: string
  readonly sha: string
  /** Of that commit, in the order they were posted. */
  statuses(): Promise<readonly PostedStatus[]>
  /** What was sent against the forge's published rules. */
  readonly violations: readonly string[]
  /** A commit that is not served until `serve`. */
  hide(): Promise<{ readonly sha: string; serve(): Promise<void> }>
}

export interface StatusSubject {
  readonly type: ForgeSettings['type']
  readonly serve: (t: Test) => Promise<ServedForge>
  /** The forge's word for each of ours. */
  readonly states: Readonly<Record<CommitState, string>>
  /** What a status of a commit that is not served yet comes to. */
  readonly unserved: ErrorCode
}

export const contractTime = Date.parse('2026-01-01T00:00:00Z')

export function aStatus(status: Partial<CommitStatus> = {}): CommitStatus {
  return {
    sha: 'c'.repeat(40),
    ref: 'refs/heads/release/1.x',
    state: 'success',
    context: 'landfall/task-agent',
    description: '4 configured, 1 pruned, healthy in 1.3 s',
    targetUrl: 'https://landfall.example.com/syncs/00000000000000000000000000000000',
    ...status,
  }
}

/** What is configured for this forge, under a key of its own. */
export function settingsOf(
  type: ForgeSettings['type'],
  { url, apiUrl, token }: Pick<ServedForge, 'url' | 'apiUrl' | 'token'>,
): ForgeSettings {
  return forgeSettings({ key: randomUUID(), type, url, apiUrl, token: createSecret(token) })
}

/** What every forge, a fake and a real one, does with a commit status. */
export async function statusContract(t: Test, subject: StatusSubject): Promise<void> {
  const begin = async (t: Test, settings: Partial<ForgeSettings> = {}) => {
    const served = await subject.serve(t)
    const configured = { ...settingsOf(subject.type, served), ...settings }
    const forge = createForge(configured, { fetch, clock: { now: () => contractTime } })
    const post = (status: Partial<CommitStatus>) =>
      forge.postStatus(
        served.repo,
        aStatus({ sha: served.sha, ...status }),
        new AbortController().signal,
      )
    return { served, post }
  }

  for (const [state, word] of Object.entries(subject.states)) {
    await t.test(`${state} is posted as ${word}`, async (t) => {
      const { served, post } = await begin(t)

      await post({ state: state as CommitState })

      t.match(await served.statuses(), [
        {
          sha: served.sha,
          state: word,
          context: 'landfall/task-agent',
          description: '4 configured, 1 pruned, healthy in 1.3 s',
          targetUrl: aStatus().targetUrl,
        },
      ])
      t.same(served.violations, [])
    })
  }

  await t.test('what comes after pending is posted after it', async (t) => {
    const { served, post } = await begin(t)

    await post({ state: 'pending' })
    await post({ state: 'success' })

    const posted = await served.statuses()
    t.strictSame(
      posted.map(({ state }) => state),
      [subject.states.pending, subject.states.success],
    )
  })

  await t.test('a status without a page is posted without a link', async (t) => {
    const { served, post } = await begin(t)

    await post({ targetUrl: undefined })

    const posted = await served.statuses()
    t.equal(posted.length, 1)
    t.equal(posted[0]?.targetUrl, undefined)
    t.same(served.violations, [])
  })

  await t.test('a description is cut to 140 code points', async (t) => {
    const { served, post } = await begin(t)

    await post({ description: '🚢'.repeat(141) })

    t.equal((await served.statuses())[0]?.description, `${'🚢'.repeat(139)}…`)
    t.same(served.violations, [])
  })

  await t.test('a commit that is not served yet is retried', async (t) => {
    const { served, post } = await begin(t)
    const hidden = await served.hide()

    const error = await failure(post({ sha: hidden.sha }))
    await hidden.serve()

    t.match(error, { code: subject.unserved, retry: { kind: 'backoff' } })
    await t.resolves(post({ sha: hidden.sha }))
  })

  await t.test('a token the forge does not know is FORGE_DENIED, and not repeated', async (t) => {
    const token = '0123456789abcdef0123456789abcdef01234567'
    const { served, post } = await begin(t, { token: createSecret(token) })

    const error = await failure(post({}))

    t.match(error, { code: 'FORGE_DENIED', retry: { kind: 'never' } })
    t.notOk(`${error.message} ${error.stack}`.includes(token))
    t.same(await served.statuses(), [])
  })
}

/** The StageError a promise rejects with. */
export async function failure(promise: Promise<unknown>): Promise<StageError> {
  try {
    await promise
  } catch (error: unknown) {
    if (error instanceof StageError) return error
    throw error
  }
  throw new Error('it did not fail')
}
