import { join } from 'node:path'
import { type Test, test } from 'tap'
import type { Application } from '../../src/domain/application.ts'
import { renderCommit } from '../../src/engine/render-commit.ts'
import { localSource } from '../../src/source/local-source.ts'
import { aRenderer } from '../support/a-render.ts'
import { aSource, noSignal } from '../support/a-source.ts'
import { anApplication } from '../support/an-application.ts'
import { aChartRepository } from '../support/chart-repository.ts'
import { createTestRepository, type Files } from '../support/git-repository.ts'
import { helm } from '../support/helm-options.ts'
import { runHelm } from '../support/run-helm.ts'

const template =
  'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: {k: "{{ .Values.k }}"}\n'

/** A chart with a dependency that is not committed, locked by helm, and its application. */
async function anUnvendoredChart(t: Test) {
  const charts = await aChartRepository(t)
  const repository = await createTestRepository(charts.dir)
  const chart = `apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies:\n- {name: db, version: ~1.0, repository: "${charts.url}"}\n`
  await repository.commit({ 'app/Chart.yaml': chart, 'app/templates/a.yaml': template })
  await runHelm(['dependency', 'update', 'app'], repository.work)
  await repository.git('rm', '-r', '-q', '--cached', '--ignore-unmatch', 'app/charts')
  const pinned = { 'app/charts.sha256': `${charts.sha256}  db-1.0.0.tgz\n` }
  const unvendored: Files = { 'app/charts': null, ...pinned }
  charts.seen.length = 0
  const chartRepositories = [{ url: charts.url, credentials: undefined }]
  const application = anApplication({
    repo: repository.url,
    path: 'app',
    ...helm({ chartRepositories, values: { db: { size: 3 } } }),
  })
  return { charts, repository, unvendored, application }
}

/** Renders the tip, and counts the checkouts. */
async function renders(t: Test, dir: string) {
  const source = aSource(dir)
  const renderer = await aRenderer(t)
  const discovery = { version: async () => 'v1.36.3', apiVersions: async () => ['v1'] }
  return async (application: Application, local?: string) => {
    let checkouts = 0
    const used = local === undefined ? source : localSource(local, source)
    const counted: typeof source = {
      ...used,
      checkout: (...args) => {
        checkouts += 1
        return used.checkout(...args)
      },
    }
    const revision = await used.fetchTip(application, noSignal)
    const deps = { source: counted, renderer, discovery }
    const { objects } = await renderCommit(deps, application, {
      revision,
      signal: noSignal,
      onDecrypted() {},
    })
    const found = objects.map(({ object, origin }) => [object.metadata.name, origin.file])
    return { objects, found, checkouts }
  }
}

test('a dependency that is locked and pinned', async (t) => {
  const { charts, repository, unvendored, application } = await anUnvendoredChart(t)
  const render = await renders(t, charts.dir)

  await t.test('is fetched, and rendered as one in charts/', async (t) => {
    await repository.commit(unvendored)

    const { objects, found, checkouts } = await render(application)

    t.same(found, [
      ['task-agent-db', 'app/charts/db/templates/a.yaml'],
      ['web', 'app/templates/a.yaml'],
    ])
    t.match(objects[0]?.object, { data: { size: '3' } })
    t.equal(checkouts, 1)
    t.equal(charts.seen.length, 2)
  })

  await t.test('is fetched once for all commits', async (t) => {
    await repository.commit({ 'app/templates/a.yaml': template.replace('name: web', 'name: new') })
    t.same((await render(application)).found[1], ['new', 'app/templates/a.yaml'])

    await repository.commit({ 'README.md': 'x' })
    t.equal((await render(application)).checkouts, 0)
    t.equal(charts.seen.length, 2)
  })

  await t.test('is rendered from a working copy too, which stays as it is', async (t) => {
    const { found } = await render(application, repository.work)

    t.equal(found.length, 2)
    t.equal(await repository.git('status', '--porcelain'), '')
  })

  await t.test('is used as it is committed, where it is', async (t) => {
    const small = { 'Chart.yaml': 'apiVersion: v2\nname: db\nversion: 1.0.0\n' }
    await repository.commit({ 'app/charts/db/Chart.yaml': small['Chart.yaml'] })

    t.equal((await render(application)).found.length, 1)
  })
})

test('a dependency that cannot be fetched is refused with its line and what to do', async (t) => {
  const { charts, repository, unvendored, application } = await anUnvendoredChart(t)
  const render = await renders(t, charts.dir)
  const cases: Record<string, [files: Files, application: Application, message: RegExp]> = {
    'from where it may not': [
      unvendored,
      { ...application, ...helm() },
      /is not in charts\/; run helm dependency update and commit it, or add its repository to render\.chartRepositories/,
    ],
    'without a digest': [
      { ...unvendored, 'app/charts.sha256': null },
      application,
      /charts\.sha256 lacks db-1\.0\.0\.tgz; in charts\/ run sha256sum \*\.tgz > \.\.\/charts\.sha256/,
    ],
    'without a lock': [
      { ...unvendored, 'app/Chart.lock': null },
      application,
      /run helm dependency update and commit Chart\.lock, which lacks it/,
    ],
    'with a lock of another repository': [
      {
        ...unvendored,
        'app/Chart.lock': 'dependencies:\n- {name: db, repository: https://x, version: 1.0.0}\n',
      },
      application,
      /commit Chart\.lock, which lacks it/,
    ],
    'with a version that is a path': [
      {
        ...unvendored,
        'app/Chart.lock': `dependencies:\n- {name: db, repository: "${charts.url}", version: ../../x}\n`,
      },
      application,
      /commit Chart\.lock, which lacks it/,
    ],
  }
  for (const [name, [files, as, message]] of Object.entries(cases)) {
    await t.test(name, async (t) => {
      await repository.commit(files)

      await t.rejects(render(as), {
        code: 'RENDER_REFUSED',
        subjects: [{ file: 'app/Chart.yaml', line: 5, message }],
      })
    })
  }
  t.same(charts.seen, [])
})

test('a dependency with another digest than is committed deploys nothing', async (t) => {
  const { charts, repository, unvendored, application } = await anUnvendoredChart(t)
  const render = await renders(t, charts.dir)
  const wanted = 'a'.repeat(64)
  await repository.commit({ ...unvendored, 'app/charts.sha256': `${wanted}  db-1.0.0.tgz\n` })

  await t.rejects(render(application), {
    code: 'SOURCE_REFUSED',
    text: `chart db 1.0.0 of ${charts.url}: wanted is the archive sha256:${wanted}, there is sha256:${charts.sha256}`,
  })
})

test('a chart that the configuration names', async (t) => {
  const charts = await aChartRepository(t)
  const repository = await createTestRepository(charts.dir)
  const render = await renders(t, charts.dir)
  const { url, sha256 } = charts
  const chart = { repository: url, name: 'db', version: '1.0.0', sha256 }
  const named = (valueFiles: readonly string[] = []) =>
    anApplication({ repo: repository.url, path: 'values', ...helm({ chart, valueFiles }) })

  await t.test('is rendered with value files of the repository', async (t) => {
    await repository.commit({ 'values/prod.yaml': 'size: 7\n', 'shared/x.yaml': 'y: 1\n' })

    const { objects, found } = await render(named(['prod.yaml', '../shared/x.yaml']))

    t.same(found, [['task-agent-db', 'db-1.0.0.tgz/templates/a.yaml']])
    t.match(objects[0]?.object, { data: { size: '7' } })
  })

  await t.test('is rendered again where a value file changed, and for nothing else', async (t) => {
    await repository.commit({ 'values/other.yaml': 'x', 'app/a': 'x' })
    t.equal((await render(named(['prod.yaml', '../shared/x.yaml']))).checkouts, 0)

    await repository.commit({ 'values/prod.yaml': 'size: 8\n' })
    const { objects } = await render(named(['prod.yaml', '../shared/x.yaml']))
    t.match(objects[0]?.object, { data: { size: '8' } })
  })

  await t.test('needs no value file', async (t) => {
    t.match((await render(named())).objects[0]?.object, { data: { size: '1' } })
  })

  await t.test('is rendered from a working copy too', async (t) => {
    const { objects } = await render(named(['prod.yaml']), join(repository.work))

    t.match(objects[0]?.object, { data: { size: '8' } })
  })

  await t.test('of which a value file is missing or leads out is refused', async (t) => {
    for (const file of ['absent.yaml', '../../../etc/passwd']) {
      await t.rejects(render(named([file])), { code: 'RENDER_REFUSED' }, file)
    }
  })
})
