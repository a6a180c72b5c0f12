import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Test, test } from 'tap'
import type { Application } from '../../src/domain/application.ts'
import { renderCommit } from '../../src/engine/render-commit.ts'
import { localSource } from '../../src/source/local-source.ts'
import { aRenderer } from '../support/a-render.ts'
import { aSource, noSignal } from '../support/a-source.ts'
import { anApplication } from '../support/an-application.ts'
import { startGitHttpServer } from '../support/git-http-server.ts'
import { createTestRepository, type Files } from '../support/git-repository.ts'
import { aConfigMap } from '../support/kustomize-cases.ts'

const bases: Files = {
  'web/kustomization.yaml': 'resources: [a.yaml, ../shared]\ncomponents: [../parts/blue]\n',
  'web/a.yaml': aConfigMap('a', 'first'),
  'shared/kustomization.yaml': 'resources: [b.yaml]\n',
  'shared/b.yaml': aConfigMap('b'),
  'parts/blue/kustomization.yaml':
    'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nlabels: [{pairs: {team: blue}}]\n',
  'link/kustomization.yaml': { link: '../web/kustomization.yaml' },
}

/** An application whose kustomization takes a base of another repository. */
async function aSite(t: Test) {
  const dir = t.testdir()
  const root = join(dir, 'served')
  await mkdir(root)
  const own = await createTestRepository(dir)
  const other = await createTestRepository(root, { name: 'bases' })
  const sha = await other.commit(bases)
  const server = await startGitHttpServer({ root })
  t.teardown(() => server.close())
  const url = `${server.url}/bases`
  const source = aSource(dir)
  const renderer = await aRenderer(t)
  const discovery = { version: async () => 'v1.36.3', apiVersions: async () => ['v1'] }
  const application = (remoteBases: readonly string[]): Application =>
    anApplication({ repo: own.url, path: 'app', render: { type: 'kustomize', remoteBases } })

  async function render(remoteBases: readonly string[] = [`${url}.git`], local?: string) {
    let checkouts = 0
    const used = local === undefined ? source : localSource(local, source)
    const counted: typeof source = {
      ...used,
      checkout: (...args) => {
        checkouts += 1
        return used.checkout(...args)
      },
    }
    const app = application(remoteBases)
    const revision = await used.fetchTip(app, noSignal)
    const deps = { source: counted, renderer, discovery }
    const rendered = await renderCommit(deps, app, { revision, signal: noSignal, onDecrypted() {} })
    const origins = rendered.objects.map(({ origin }) => `${origin.file}:${origin.line}`)
    return { objects: rendered.objects.map(({ object }) => object), origins, checkouts }
  }
  const using = (text: string) => own.commit({ 'app/kustomization.yaml': text })
  return { own, other, sha, url, server, render, using }
}

test('a base of another repository, at a commit', async (t) => {
  const { own, other, sha, url, server, render, using } = await aSite(t)
  const base = `${url}//web?ref=${sha}`

  await t.test('is rendered with all that it refers to', async (t) => {
    await using(`# keep\nresources:\n- "${base}" # this one\n- c.yaml\nnamePrefix: shop-\n`)
    await own.commit({ 'app/c.yaml': aConfigMap('c') })

    const { objects, origins } = await render()

    const pin = 'app/kustomization.yaml:3'
    t.same(origins, [pin, pin, 'app/c.yaml:1'], 'from where this repository names the other')
    t.match(objects, [
      { metadata: { name: 'shop-a', labels: { team: 'blue' } }, data: { k: 'first' } },
      { metadata: { name: 'shop-b', labels: { team: 'blue' } } },
      { metadata: { name: 'shop-c' } },
    ])
  })

  await t.test('is not rendered again for a commit beside it, in either repository', async (t) => {
    await own.commit({ 'README.md': 'x' })
    await other.commit({ 'web/a.yaml': aConfigMap('a', 'second') })

    t.equal((await render()).checkouts, 0)
  })

  await t.test('is another one where another commit is named', async (t) => {
    const next = await other.git('rev-parse', 'HEAD')
    await using(`resources: ["${url}.git//web?ref=${next}"]\n`)

    t.match((await render()).objects[0], { data: { k: 'second' } })
  })

  await t.test('may be a component, or the root of its repository', async (t) => {
    const root = await other.commit({ 'kustomization.yaml': 'resources: [shared]\n' })
    await using(
      `resources:\n- "${url}?ref=${root}"\ncomponents: ["${url}//parts/blue?ref=${root}"]\n`,
    )

    const { objects, origins } = await render()

    t.same(origins, ['app/kustomization.yaml:2'])
    t.match(objects, [{ metadata: { name: 'b', labels: { team: 'blue' } } }])
  })

  await t.test('is rendered from a working copy, which stays as it is', async (t) => {
    t.equal((await render(undefined, own.work)).objects.length, 1)
    t.equal(await own.git('status', '--porcelain'), '')
  })

  await t.test('may take a base of another one that is allowed', async (t) => {
    const outer = await other.commit({ 'outer/kustomization.yaml': `resources: ["${base}"]\n` })
    await using(`resources: ["${url}//outer?ref=${outer}"]\n`)

    const { origins } = await render()

    const nowhereNearer = 'app/kustomization.yaml:1'
    t.same(origins, [nowhereNearer, nowhereNearer])
  })

  await t.test('needs its repository only once', async (t) => {
    await server.close()
    await using(`resources: ["${base}"]\nnamePrefix: new-\n`)

    t.equal((await render()).objects[0]?.metadata.name, 'new-a')
  })
})

test('D2: a base of another repository is refused with its line', async (t) => {
  const { own, other, sha, url, render, using } = await aSite(t)
  const branch = (await other.git('rev-parse', '--abbrev-ref', 'HEAD')).trim()
  const refused: Record<string, [text: string, allowed?: readonly string[]]> = {
    'that is not allowed': [`${url}//web?ref=${sha}`, []],
    'of a repository beside one that is allowed': [`${url}-more//web?ref=${sha}`],
    'at a branch': [`${url}//web?ref=${branch}`],
    'at a short commit id': [`${url}//web?ref=${sha.slice(0, 12)}`],
    'at no commit': [`${url}//web`],
    'with more in its query': [`${url}//web?ref=${sha}&submodules=true`],
    'above its root': [`${url}//../x?ref=${sha}`],
    'with a credential': [`${url.replace('http://', 'http://a:b@')}//web?ref=${sha}`],
    'in another form': [`git::${url}//web?ref=${sha}`],
  }
  for (const [name, [text, allowed]] of Object.entries(refused)) {
    await t.test(name, async (t) => {
      await using(`resources:\n- "${text}"\n`)

      await t.rejects(render(allowed), {
        code: 'RENDER_REFUSED',
        subjects: [{ file: 'app/kustomization.yaml', line: 2 }],
      })
    })
  }

  await t.test('that is no folder there', async (t) => {
    for (const path of ['absent', 'web/a.yaml', 'link', 'parts']) {
      await using(`resources:\n- "${url}//${path}?ref=${sha}"\n`)
      await t.rejects(render(), { code: 'RENDER_INVALID', subjects: [{ line: 2 }] }, path)
    }
  })

  await t.test('that leads to files of this repository', async (t) => {
    const climbing = await other.commit({
      'up/kustomization.yaml': 'resources: [../../../base]\n',
    })
    await own.commit({ 'base/kustomization.yaml': '' })
    await using(`resources:\n- "${url}//up?ref=${climbing}"\n`)
    await t.rejects(render(), { code: 'RENDER_REFUSED', message: /leads out of the repository/ })
  })

  await t.test('at a commit that is not there', async (t) => {
    await using(`resources:\n- "${url}//web?ref=${'d'.repeat(40)}"\n`)
    await t.rejects(render(), { code: 'SOURCE_REVISION_GONE', message: /commit ddddddd of http/ })
  })
})
