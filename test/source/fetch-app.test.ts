import { type Test, test } from 'tap'
import { createSecret } from '../../src/domain/secret.ts'
import { aRepository, aSource, noSignal } from '../support/a-source.ts'
import { anApplication } from '../support/an-application.ts'
import { startGitHttpServer } from '../support/git-http-server.ts'

async function rig(t: Test, { isFleeting = false } = {}) {
  const { dir, repository } = await aRepository(t)
  const made: string[] = []
  /** Tokens the server takes. */
  const taken = ['ghs_0', 'ghs_1']
  const server = await startGitHttpServer({ root: dir, token: (given) => taken.includes(given) })
  t.teardown(() => server.close())
  const source = aSource(dir, {
    async appToken(_app, _signal, refused) {
      if (isFleeting || made.length === 0 || refused !== undefined) made.push(`ghs_${made.length}`)
      return createSecret(made.at(-1) ?? '')
    },
  })
  const app = {
    id: '4711',
    installationId: 42,
    privateKey: createSecret('key'),
    apiUrl: 'https://api.github.com',
  }
  const credentials = { kind: 'app', app } as const
  const application = anApplication({ repo: `${server.url}/deploy.git`, credentials })
  return { repository, server, source, made, taken, application }
}

test('a repository that a GitHub App reads', async (t) => {
  await t.test('is asked once more, with another token, where one is refused', async (t) => {
    const { source, made, taken, application } = await rig(t)
    await source.fetchTip(application, noSignal)
    taken.shift()
    await source.fetchTip(application, noSignal)
    taken.length = 0
    await t.rejects(source.fetchTip(application, noSignal), { code: 'SOURCE_DENIED' })

    t.strictSame(made, ['ghs_0', 'ghs_1', 'ghs_2'], 'two of them for the last fetch')
  })

  await t.test('is fetched with a token of that moment, into one mirror', async (t) => {
    const { repository, server, source, made, application } = await rig(t, { isFleeting: true })
    const first = await source.fetchTip(application, noSignal)
    await repository.commit({ 'apps/task-agent/config.yaml': 'a: 2\n' }, { message: 'second' })
    const second = await source.fetchTip(application, noSignal)

    t.strictSame([first.subject, second.subject], ['first', 'second'])
    t.ok(await source.isAncestor(application, first.sha, second.sha), 'the mirror outlives a token')
    t.strictSame(made, ['ghs_0', 'ghs_1'])
    const asked = (token: string) =>
      `Basic ${Buffer.from(`x-access-token:${token}`).toString('base64')}`
    t.equal(server.requests.at(0)?.authorization, asked('ghs_0'))
    t.equal(server.requests.at(-1)?.authorization, asked('ghs_1'))
  })
})
