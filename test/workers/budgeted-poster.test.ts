import { type Test, test } from 'tap'
import { systemClock } from '../../src/domain/clock.ts'
import { createSecret } from '../../src/domain/secret.ts'
import type { ForgeSettings } from '../../src/domain/settings.ts'
import { createForgeBudget } from '../../src/queue/forge-budget.ts'
import { createBudgetedPoster } from '../../workers/budgeted-poster.ts'
import type { FakeAnswer, FakeForge } from '../support/fake-forge.ts'
import { startFakeGithub } from '../support/fake-github.ts'
import { startFakeGitlab } from '../support/fake-gitlab.ts'
import { forgeSettings } from '../support/forge-settings.ts'
import { queueRig } from '../support/queue-rig.ts'
import { testRedis } from '../support/redis.ts'
import { until } from '../support/until.ts'

const noSignal = new AbortController().signal
const created: FakeAnswer['body'] = { id: 1, state: 'success' }
const inAMinute = () => String(Math.floor(Date.now() / 1000) + 60)

const status = {
  sha: 'a'.repeat(40),
  ref: 'refs/heads/main',
  state: 'success',
  context: 'landfall/web',
  description: 'applied',
  targetUrl: undefined,
} as const

test('the budget of a credential', async (t) => {
  const { url } = await testRedis(t)

  /** Workers of one Redis, each with the forge as its own settings say. */
  const workers = (t: Test, fake: FakeForge, type: ForgeSettings['type']) => {
    const { redis, keys } = queueRig(t, url)
    return (changes: Partial<ForgeSettings> = {}) => {
      const host = `https://${type}.com`
      const token = createSecret(fake.token)
      const settings = forgeSettings({ type, url: host, apiUrl: fake.apiUrl, token, ...changes })
      const poster = createBudgetedPoster(settings, {
        fetch,
        clock: systemClock,
        budget: createForgeBudget(redis, keys),
        onError: (error) => t.fail(String(error)),
      })
      return () => poster.postStatus(`${host}/acme/deploy.git`, status, noSignal)
    }
  }
  const github = async (t: Test) => {
    const fake = await startFakeGithub()
    t.teardown(() => fake.close())
    return { fake, worker: workers(t, fake, 'github') }
  }

  await t.test('R21: one worker that is told to wait makes the others wait', async (t) => {
    const { fake, worker } = await github(t)
    const [one, other] = [worker(), worker({ key: 'the-same-under-another-name' })]
    fake.answerNext({ status: 429, headers: { 'retry-after': '60' } })
    await t.rejects(one(), { code: 'FORGE_THROTTLED' })
    const asked = fake.requests.length

    await t.rejects(other(), { code: 'FORGE_THROTTLED', retry: { kind: 'after' } })
    t.equal(fake.requests.length, asked, 'the forge is not asked')
  })

  await t.test('of GitHub ends with the answer that used it up', async (t) => {
    const { fake, worker } = await github(t)
    const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': inAMinute() }
    fake.answerNext({ status: 201, headers, body: created })
    await worker()()

    await until('shared', () =>
      worker()().then(
        () => false,
        () => true,
      ),
    )
    await t.rejects(worker()(), { code: 'FORGE_THROTTLED' })
  })

  await t.test('of GitLab ends with the answer that used it up', async (t) => {
    const fake = await startFakeGitlab()
    t.teardown(() => fake.close())
    const worker = workers(t, fake, 'gitlab')
    const headers = { 'ratelimit-remaining': '0', 'ratelimit-reset': inAMinute() }
    fake.answerNext({ status: 201, headers, body: created })
    await worker()()

    await until('shared', () =>
      worker()().then(
        () => false,
        () => true,
      ),
    )
    await t.rejects(worker()(), { code: 'FORGE_THROTTLED' })
  })

  await t.test('is that of one credential: another one goes on', async (t) => {
    const { fake, worker } = await github(t)
    fake.answerNext({ status: 429, headers: { 'retry-after': '60' } })
    await t.rejects(worker()(), { code: 'FORGE_THROTTLED' })
    const another = worker({ token: createSecret('ghp_another') })

    await t.rejects(another(), { code: 'FORGE_DENIED' }, 'the forge is asked')
  })
})

test('a pause of a credential', async (t) => {
  const { url } = await testRedis(t)
  const { redis, keys } = queueRig(t, url)
  const budget = createForgeBudget(redis, keys)

  await t.test('is nothing until one is made', async (t) => {
    t.equal(await budget.waitMs('one'), 0)
  })

  await t.test('becomes longer, never shorter, and ends by itself', async (t) => {
    await budget.pause('one', 30_000)
    await budget.pause('one', 60_000)
    await budget.pause('one', 1_000)
    const ms = await budget.waitMs('one')
    t.ok(ms > 30_000 && ms <= 60_000, `${ms}`)

    await budget.pause('two', 20)
    await until('over', async () => (await budget.waitMs('two')) === 0)
  })
})
