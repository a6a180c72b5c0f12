import { randomUUID } from 'node:crypto'
import { type Test, test } from 'tap'
import type { ForgeSettings } from '../../src/domain/settings.ts'
import { testNamespace } from '../support/control-plane.ts'
import { exampleFiles } from '../support/example-files.ts'
import { fakeForges } from '../support/fake-forges.ts'
import type { Instance } from '../support/instance.ts'
import { giteaPullRequest, githubPullRequest, gitlabMergeRequest } from '../support/payloads.ts'
import { type Site, testSite } from '../support/site.ts'
import { until } from '../support/until.ts'

const renders = ['plain', 'kustomize', 'helm'] as const
type Render = (typeof renders)[number]
type Namespaces = Readonly<Record<Render, string>>

interface Words {
  readonly deliveryId: string
  readonly wrong: Readonly<Record<string, string>>
  readonly event: string
  readonly openOfFork: (repo: string) => readonly [event: string, payload: object]
}

const words: Readonly<Record<ForgeSettings['type'], Words>> = {
  github: {
    deliveryId: 'x-github-delivery',
    wrong: { 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` },
    event: 'x-github-event',
    openOfFork: (repo) => {
      const payload = githubPullRequest('opened', false)
      const repository = { ...payload.repository, clone_url: repo }
      return ['pull_request', { ...payload, repository }]
    },
  },
  gitlab: {
    deliveryId: 'idempotency-key',
    wrong: { 'x-gitlab-token': 'some-other-token-of-32-characters' },
    event: 'x-gitlab-event',
    openOfFork: (repo) => {
      const payload = gitlabMergeRequest('open', 99)
      return [
        'Merge Request Hook',
        { ...payload, project: { ...payload.project, git_http_url: repo } },
      ]
    },
  },
  gitea: {
    deliveryId: 'x-gitea-delivery',
    wrong: { 'x-gitea-signature': '0'.repeat(64) },
    event: 'x-gitea-event',
    openOfFork: (repo) => {
      const payload = giteaPullRequest('opened', false)
      const repository = { ...payload.repository, clone_url: repo }
      return ['pull_request', { ...payload, repository }]
    },
  },
}

for (const forge of ['github', 'gitlab', 'gitea'] as const) {
  test(`a signed push of ${forge}`, async (t) => {
    const { site, instance, namespaces } = await emptySite(t, forge)
    const examples = renders.map((render) => exampleFiles(`task-agent/${render}`, render))
    const files = Object.assign({}, ...(await Promise.all(examples)))
    const first = await site.push(instance, files)

    for (const render of renders) {
      await t.test(`deploys task-agent as ${render}, and its commit tells so`, async (t) => {
        const status = await site.final(first, `${site.name}-${render}`)

        t.match(status.description, /^3 created, healthy in \d/)
        const posted = site.statusesOf(first, `${site.name}-${render}`)
        t.strictSame(
          posted.map(({ state, repo }) => `${state} ${repo}`),
          ['pending acme/deploy', 'success acme/deploy'],
        )
        const links = new Set(posted.map(({ targetUrl }) => targetUrl))
        t.equal(links.size, 1)
        t.match(status.targetUrl, /^https:\/\/landfall\.example\.com\/syncs\/[0-9a-f]{32}$/)
        const { pathname } = new URL(status.targetUrl ?? '')
        t.match(await (await fetch(`${instance.url}${pathname}`)).text(), '3 created')
        t.equal(await live(site, namespaces[render], '{.status.readyReplicas}'), '3')
      })
    }

    await t.test('of a change in the base alone deploys what is built on it alone', async (t) => {
      const base = 'kustomize/base/deployment.yaml'
      const next = await site.push(instance, { [base]: files[base].replaceAll('8000', '8001') })

      t.equal((await site.final(next, `${site.name}-kustomize`)).state, 'success')
      const port = '{.spec.template.spec.containers[0].ports[0].containerPort}'
      t.equal(await live(site, namespaces.kustomize, port), '8001')
      for (const render of ['plain', 'helm']) {
        const name = `${site.name}-${render}`
        await until('synced', async () => (await site.application(name)).revision === next)
        t.strictSame(site.statusesOf(next, name), [])
      }
    })

    await t.test('alone deploys: nothing else changes anything', async (t) => {
      await refusals(t, { site, instance, namespaces }, forge)
    })

    t.strictSame(site.forge.violations, [])
  })
}

interface Rig {
  readonly site: Site
  readonly instance: Instance
  readonly namespaces: Namespaces
}

/** A running instance whose repository has no commit yet. */
async function emptySite(t: Test, forge: ForgeSettings['type']): Promise<Rig> {
  const namespaces = {
    plain: await testNamespace(t),
    kustomize: await testNamespace(t),
    helm: await testNamespace(t),
  }
  const site = await testSite(t, {
    forge,
    applications: {
      plain: { path: 'plain', namespace: namespaces.plain },
      kustomize: { path: 'kustomize/overlays/production', namespace: namespaces.kustomize },
      helm: {
        path: 'helm',
        namespace: namespaces.helm,
        render: { type: 'helm', releaseName: 'task-agent' },
      },
    },
  })
  const instance = await site.start()
  for (const render of renders) {
    const swept = async () => (await site.application(`${site.name}-${render}`)).phase === 'Failed'
    await until(`${render} swept`, swept)
  }
  return { site, instance, namespaces }
}

async function live(site: Site, namespace: string, jsonpath: string): Promise<string> {
  const get = ['get', 'deployment', 'task-agent', '-o', `jsonpath=${jsonpath}`]
  return site.kubectl(...get, `--namespace=${namespace}`)
}

/** The branch is ahead of what is deployed all the while: any sync would deploy. */
async function refusals(
  t: Test,
  { site, instance, namespaces }: Rig,
  type: ForgeSettings['type'],
): Promise<void> {
  const forge = words[type]
  const { push: pushOf } = fakeForges[type]
  const name = `${site.name}-plain`
  const { repo } = site
  const deployed = (await site.application(name)).revision ?? ''
  const syncs = (await site.syncs(name)).length
  const replicas = async () => live(site, namespaces.plain, '{.spec.replicas}')
  const manifest = (await exampleFiles('task-agent/plain', 'plain'))['plain/deployment.yaml'] ?? ''
  const wanted = manifest.replace('replicas: 3', 'replicas: 2')
  const after = await site.repository.commit({ 'plain/deployment.yaml': wanted })
  const push = pushOf({ repo, before: deployed, after })
  const ignored = async (what: string, payload: object, headers: Record<string, string> = {}) => {
    const answer = await site.deliver(instance, payload, headers)
    t.equal(answer.status, 202, what)
    t.match(await answer.json(), { accepted: 0, ignored: /./ }, what)
  }

  t.equal((await site.deliver(instance, push, forge.wrong)).status, 401)
  const tag = pushOf({ repo, ref: 'refs/tags/main', after })
  await ignored('a tag named like the branch', tag)
  const deletion = { before: deployed, after: '0'.repeat(40) }
  await ignored('a branch deletion', { ...pushOf({ repo, ...deletion }), deleted: true })
  const [event, openOfFork] = forge.openOfFork(repo)
  await ignored("a fork's open pull request", openOfFork, { [forge.event]: event })
  t.equal((await site.application(name)).revision, deployed)
  t.equal(await replicas(), '3')

  const delivery = { [forge.deliveryId]: randomUUID() }
  t.match(await (await site.deliver(instance, push, delivery)).json(), { accepted: 3 })
  t.equal((await site.final(after, name)).state, 'success')
  t.equal(await replicas(), '2')
  t.equal((await site.syncs(name)).length, syncs + 1, 'and only this one synced')

  await site.repository.commit({ 'plain/deployment.yaml': manifest })
  await ignored('a replayed delivery', push, delivery)
  t.equal((await site.application(name)).revision, after)
  t.equal(await replicas(), '2')
}
