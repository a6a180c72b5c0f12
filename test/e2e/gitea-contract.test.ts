import { test } from 'tap'
import { examineToken } from '../../src/forge/examine-token.ts'
import { type GiteaRepository, type RealGitea, startGitea } from '../support/real-gitea.ts'
import { type ServedForge, settingsOf, statusContract } from '../support/status-contract.ts'

test('a real Gitea', async (t) => {
  const gitea = await startGitea(t)

  const repository = await gitea.createRepository('statuses')
  await t.test('is told statuses as the fake one is', (t) =>
    statusContract(t, {
      type: 'gitea',
      serve: () => serve(gitea, repository),
      unserved: 'FORGE_UNREACHABLE',
      states: {
        pending: 'pending',
        success: 'success',
        failure: 'failure',
        error: 'error',
        superseded: 'error',
      },
    }),
  )

  await t.test('shows of a token what it may do, and nothing is written', async (t) => {
    const examined = await gitea.createRepository('examined')
    await gitea.createUser('reader')
    await gitea.api('PUT', '/repos/acme/examined/collaborators/reader', { permission: 'read' })
    await gitea.createUser('stranger')
    const faultsOf = async (token: string) => {
      const settings = settingsOf('gitea', { ...gitea, apiUrl: `${gitea.url}/api/v1`, token })
      const clock = { now: () => Date.now() }
      return (await examineToken(settings, [examined.url], { fetch, clock })).faults
    }
    const sha = await examined.commit({})

    t.strictSame(await faultsOf(gitea.token), [])
    t.match(await faultsOf(await gitea.createToken('deployer', 'read:repository')), [
      /^the token has not the scope write:repository/,
    ])
    t.match(await faultsOf(await gitea.createToken('deployer', 'read:issue')), [
      /^the token has not the scope read:repository/,
    ])
    t.match(await faultsOf(await gitea.createToken('reader', 'write:repository')), [
      /may not write to acme\/examined/,
    ])
    t.match(await faultsOf(await gitea.createToken('stranger', 'write:repository')), [
      /does not see acme\/examined/,
    ])
    t.match(await faultsOf('0123456789abcdef0123456789abcdef01234567'), [/^the token is not valid/])
    t.strictSame(await examined.statuses(sha), [])
  })
})

/** One repository for all tests of the contract; each has a commit of its own. */
async function serve(gitea: RealGitea, repository: GiteaRepository): Promise<ServedForge> {
  const sha = await repository.commit({})
  return {
    url: gitea.url,
    apiUrl: `${gitea.url}/api/v1`,
    token: gitea.token,
    repo: repository.url,
    sha,
    statuses: () => repository.statuses(sha),
    violations: [],
    hide: async () => {
      await repository.git('commit', '-q', '--allow-empty', '-m', 'not pushed yet')
      const later = await repository.git('rev-parse', 'HEAD')
      return {
        sha: later,
        serve: async () => {
          await repository.git('push', '-q', 'origin', 'HEAD')
        },
      }
    },
  }
}
