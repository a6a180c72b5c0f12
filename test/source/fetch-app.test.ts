import { type Test, test } from 'tap'
import { createSecret } from '../../src/domain/secret.ts'
import { aRepository, aSource, noSignal } from '../support/a-source.ts'
import { anApplication } from '../support/an-application.ts'
import { startGitHttpServer } from '../support/git-http-server.ts'

async function rig(t: Test) {
  const { dir, repository } = await aRepository(t)
  const made: string[] = []
  const server = await startGitHttpServer({ root: dir, token: (given) => given === made.at(-1) })
  t.teardown(() => server.close())
  const source = aSource(dir, {
    async appToken() {
      made.push(`ghs_${made.length}`)
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
  return { repository, server, source, made, application }
}

test('a repository that a GitHub App reads', async (t) => {
  await t.test('is fetched with a token of that moment, into one mirror', async (t) => {
    const { repository, server, source, made, application } = await rig(t)
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
