import { type Test, test } from 'tap'
import { git } from '../support/git-repository.ts'
import type { Instance } from '../support/instance.ts'
import { configMapYaml } from '../support/manifests.ts'
import { githubPush } from '../support/payloads.ts'
import { type Site, testSite } from '../support/site.ts'

interface Stage {
  readonly site: Site
  readonly instance: Instance
}

const app = (a: string) => ({ 'app/c0.yaml': configMapYaml('c0', { a }) })

/** An application that runs what `a` says. */
async function aStage(t: Test): Promise<Stage> {
  const site = await testSite(t)
  const first = await site.repository.commit(app('1'))
  const instance = await site.start()
  await site.final(first)
  return { site, instance }
}

/** A commit on top of main that main does not get. */
async function evilCommit({ site }: Stage): Promise<string> {
  const main = await site.repository.git('rev-parse', 'HEAD')
  await site.repository.git('checkout', '-q', '-b', `evil-${performance.now()}`)
  const evil = await site.repository.commit(app('evil'))
  await site.repository.git('checkout', '-q', 'main')
  await site.repository.git('reset', '-q', '--hard', main)
  return evil
}

async function accepted(answer: Promise<Response>): Promise<unknown> {
  return (await (await answer).json()) as unknown
}

/** After whatever is queued, and one more sync. */
async function deployed({ site }: Stage): Promise<string> {
  const { code, stderr } = await site.landfall('sync', site.name, '--wait')
  if (code !== 0) throw new Error(`sync: ${stderr}`)
  return site.kubectl('get', 'cm', 'c0', '-o', 'jsonpath={.data.a}')
}

test('what a delivery or a ref says of itself', { timeout: 400_000 }, async (t) => {
  const stage = await aStage(t)
  const { site, instance } = stage
  const { repo, repository } = site

  await t.test('B1: a tag named like the branch deploys nothing', async (t) => {
    const evil = await evilCommit(stage)
    const tags = ['refs/tags/main', 'refs/tags/refs/heads/main']
    for (const tag of tags) {
      await repository.git('push', '-q', 'origin', `${evil}:${tag}`)
      const event = githubPush({ repo, ref: tag, after: evil })
      t.match(await accepted(site.deliver(instance, event)), { accepted: 0 })
    }

    t.equal(await deployed(stage), '1')
    // git push itself could not tell them apart.
    for (const tag of tags) await git(repository.bare, 'update-ref', '-d', tag)
  })

  await t.test('B2: a commit of a fork that a delivery names is not deployed', async (t) => {
    const evil = await evilCommit(stage)
    await repository.git('push', '-q', 'origin', `${evil}:refs/pull/1/head`)

    const event = githubPush({ repo, after: evil })

    t.match(await accepted(site.deliver(instance, event)), { accepted: 1 })
    t.equal(await deployed(stage), '1')
    t.strictSame(site.statusesOf(evil), [])
  })

  await t.test(
    'A6: a commit of another branch that a delivery names is not deployed',
    async (t) => {
      const evil = await evilCommit(stage)
      await repository.git('push', '-q', 'origin', `${evil}:refs/heads/other`)

      const answer = await accepted(site.deliver(instance, githubPush({ repo, after: evil })))

      t.strictSame(Object.keys(answer as object).sort(), ['accepted', 'delivery'])
      t.equal(await deployed(stage), '1')
    },
  )

  await t.test(
    'A7: an old delivery that is replayed after a rollback changes nothing',
    async (t) => {
      const second = await site.push(instance, app('2'))
      await site.final(second)
      const third = await site.push(instance, app('1'))
      await site.final(third)

      t.match(await accepted(site.deliver(instance, githubPush({ repo, after: second }))), {
        accepted: 1,
      })

      t.equal(await deployed(stage), '1')
      t.equal((await site.application()).revision, third)
    },
  )

  await t.test('B5: history that was rewritten to an older commit is deployed', async (t) => {
    const newer = await site.push(instance, app('3'))
    await site.final(newer)
    await repository.git('reset', '-q', '--hard', 'HEAD~1')
    await repository.git('push', '-qf', 'origin', 'main')
    const older = await repository.git('rev-parse', 'HEAD')

    await site.deliver(instance, githubPush({ repo, before: newer, after: older }))

    t.equal(await deployed(stage), '1')
    t.equal((await site.application()).revision, older)
  })

  await t.test('B4: a deleted branch deletes nothing, and comes back', async (t) => {
    const tip = await repository.git('rev-parse', 'HEAD')
    await git(repository.bare, 'update-ref', '-d', 'refs/heads/main')

    const { code } = await site.landfall('sync', site.name, '--wait')

    t.equal(code, 1)
    t.match((await site.application()).message, /no such branch; nothing is deleted/)
    t.equal(await site.kubectl('get', 'cm', 'c0', '-o', 'jsonpath={.data.a}'), '1')
    await repository.git('push', '-q', 'origin', `${tip}:refs/heads/main`)
    t.equal(await deployed(stage), '1')
  })
})
