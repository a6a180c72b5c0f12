import { test } from 'tap'
import { exampleFiles } from '../support/example-files.ts'
import { giteaSite } from '../support/gitea-site.ts'
import { startGitea } from '../support/real-gitea.ts'
import { until } from '../support/until.ts'

test('a real Gitea', async (t) => {
  const gitea = await startGitea(t)

  const site = await giteaSite(t, gitea)
  const { repository, hook, outcomes } = site
  const files = await exampleFiles('task-agent/plain')
  const scaled = (replicas: number) => ({
    'app/deployment.yaml':
      files['app/deployment.yaml']?.replace(/replicas: \d+/, `replicas: ${replicas}`) ?? '',
  })

  await t.test('delivers a push, which goes live, and its commit says so', async (t) => {
    await hook({ events: ['push'] })
    const sha = await repository.commit(files)

    const status = await site.final(sha)

    t.match(status, { state: 'success', context: `landfall/${site.name}` })
    t.match(status.description, /^3 created, healthy in \d/)
    t.match(status.targetUrl, /^https:\/\/landfall\.example\.com\/syncs\/[0-9a-f]{32}$/)
    const states = (await repository.statuses(sha)).map(({ state }) => state)
    t.strictSame(states, ['pending', 'success'])
    t.equal(await site.replicas(), '3')
    t.strictSame(await outcomes(), { accepted: 1 })
  })

  await t.test('delivers a merged pull request, which goes live by this event alone', async (t) => {
    await hook({ events: ['pull_request'] })
    await repository.git('checkout', '-q', '-b', 'scale')
    await repository.commit(scaled(2))
    const pull = await gitea.api('POST', `${site.api}/pulls`, {
      head: 'scale',
      base: 'main',
      title: 'Scale to two',
    })
    const { number } = pull as { number: number }
    await until('the open pull request is ignored', async () => (await outcomes()).ignored === 1)
    t.equal(await site.replicas(), '3')

    // Until Gitea knows whether there are conflicts, it answers to try again.
    await until('the pull request is merged', () =>
      gitea.api('POST', `${site.api}/pulls/${number}/merge`, { Do: 'merge' }).then(
        () => true,
        () => false,
      ),
    )
    const merged = (await gitea.api('GET', `${site.api}/pulls/${number}`)) as {
      merge_commit_sha: string
    }

    t.match(await site.final(merged.merge_commit_sha), { state: 'success' })
    t.equal(await site.replicas(), '2')
    t.strictSame(await outcomes(), { accepted: 2, ignored: 1 })
  })

  await t.test('delivers tags and other branches, which deploy nothing', async (t) => {
    await hook({ events: ['push', 'create', 'delete'] })
    await repository.commit(scaled(4))
    await repository.git('push', '-q', 'origin', 'HEAD:refs/tags/main')
    await repository.git('push', '-q', 'origin', ':refs/heads/scale')

    // The branch's push; the tag's push and creation; the branch's deletion.
    await until('all are ignored', async () => (await outcomes()).ignored === 5)
    // Gitea may tell of the merge's own push only now that the hook is for pushes.
    const { accepted = 0, ...others } = await outcomes()
    t.ok(accepted === 2 || accepted === 3, `${accepted} accepted`)
    t.strictSame(others, { ignored: 5 })
    t.equal(await site.replicas(), '2')
  })

  await t.test('A4: delivers with another secret or none, which is 401', async (t) => {
    const before = await outcomes()
    await repository.git('fetch', '-q', 'origin', 'refs/heads/main')
    await repository.git('checkout', '-q', '-B', 'main', 'FETCH_HEAD')
    await hook({ events: ['push'], secret: 'another-secret-of-32-characters!' })
    const sha = await repository.commit(scaled(5))
    await until('it is refused', async () => (await outcomes()).unauthenticated === 1)
    const { id } = await hook({ events: ['push'], secret: '' })
    await gitea.api('POST', `${site.api}/hooks/${id}/tests`)
    await until('it is refused', async () => (await outcomes()).unauthenticated === 2)

    t.strictSame(await outcomes(), { ...before, unauthenticated: 2 })
    t.strictSame(await repository.statuses(sha), [])
    t.equal(await site.replicas(), '2')
  })

  await t.test('delivers once more with the right one, which goes live', async (t) => {
    const { id } = await hook({ events: ['push'] })
    await gitea.api('POST', `${site.api}/hooks/${id}/tests`)

    t.match(await site.final(await repository.git('rev-parse', 'HEAD')), { state: 'success' })
    t.equal(await site.replicas(), '5')
  })
})
