import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Test, test } from 'tap'
import { renderCommit } from '../../src/engine/render-commit.ts'
import { aRenderer } from '../support/a-render.ts'
import { aSource, noSignal } from '../support/a-source.ts'
import { anApplication } from '../support/an-application.ts'
import { createTestRepository, type Files } from '../support/git-repository.ts'
import { aConfigMap } from '../support/kustomize-cases.ts'

const folders = Array.from({ length: 50 }, (_, index) => `apps/team-${index}`)

/** 50 kustomize applications over one base, each with a file that nothing refers to. */
const monorepo: Files = {
  'base/kustomization.yaml': 'resources: [a.yaml]\n',
  'base/a.yaml': aConfigMap('a'),
  'README.md': 'x',
  ...Object.fromEntries(
    folders.flatMap((folder) => [
      [`${folder}/kustomization.yaml`, 'resources: [../../base, b.yaml]\n'],
      [`${folder}/b.yaml`, aConfigMap('b')],
      [`${folder}/notes.txt`, 'x'],
    ]),
  ),
}

/** All of them, rendered at each new commit; what it took of git and of kustomize. */
async function aMonorepo(t: Test) {
  const dir = t.testdir()
  const repository = await createTestRepository(dir)
  const bin = join(dir, 'bin')
  const log = join(dir, 'asked')
  await mkdir(bin)
  await writeFile(log, '')
  await writeFile(
    join(bin, 'git'),
    `#!/bin/sh
PATH=/usr/local/bin:/usr/bin:/bin
[ "$1" = cat-file ] || exec git "$@"
echo start >>${log}
while IFS= read -r line; do echo "$line" >>${log}; echo "$line"; done | git "$@"
`,
  )
  await chmod(join(bin, 'git'), 0o755)
  const source = aSource(dir, { path: `${bin}:/usr/bin:/bin` })
  const renderer = await aRenderer(t)
  const discovery = { version: async () => 'v1.36.3', apiVersions: async () => ['v1'] }

  return async (change: Files) => {
    await repository.commit(change)
    const tip = anApplication({ repo: repository.url })
    const revision = await source.fetchTip(tip, noSignal)
    await writeFile(log, '')
    const checkouts: (readonly string[] | undefined)[] = []
    const watched: typeof source = {
      ...source,
      checkout: (application, at, signal, contents) => {
        checkouts.push(contents?.paths)
        return source.checkout(application, at, signal, contents)
      },
    }
    const objects = []
    for (const path of folders) {
      const application = anApplication({ name: path, path, repo: repository.url })
      const deps = { source: watched, renderer, discovery }
      const rendered = await renderCommit(deps, application, {
        revision,
        signal: noSignal,
        onDecrypted() {},
      })
      objects.push(...rendered.objects)
    }
    const asked = (await readFile(log, 'utf8')).split('\n')
    return {
      objects,
      checkouts,
      starts: asked.filter((line) => line === 'start').length,
      contents: asked.filter((line) => line.startsWith('contents ')).length,
    }
  }
}

test('50 kustomize applications of one repository', async (t) => {
  const push = await aMonorepo(t)
  const first = await push(monorepo)
  t.equal(first.checkouts.length, 50)
  t.equal(first.objects.length, 100)
  t.same(first.checkouts[7], [
    'apps/team-7/b.yaml',
    'apps/team-7/kustomization.yaml',
    'base/a.yaml',
    'base/kustomization.yaml',
  ])

  await t.test('are not rendered for a commit beside them: git reads one tree', async (t) => {
    const { checkouts, starts, contents } = await push({ 'README.md': 'new' })

    t.same({ checkouts, starts, contents }, { checkouts: [], starts: 0, contents: 1 })
  })

  await t.test('are rendered where their own files changed, and nowhere else', async (t) => {
    const { checkouts, starts, contents } = await push({
      'apps/team-7/b.yaml': aConfigMap('b', 'new'),
    })

    t.equal(checkouts.length, 1)
    t.equal(starts, 0)
    // The trees of the commit, of apps and of apps/team-7; the four files of the one render, of
    // which the kustomizations were read by the scan before.
    t.equal(contents, 3 + 2 + 4)
  })

  await t.test('are not rendered for a file in their folder that nothing refers to', async (t) => {
    const { checkouts, contents } = await push({ 'apps/team-7/notes.txt': 'new' })

    t.same({ checkouts, contents }, { checkouts: [], contents: 3 })
  })

  await t.test('are all rendered when their base changed', async (t) => {
    const { checkouts, objects } = await push({ 'base/a.yaml': aConfigMap('a', 'new') })

    t.equal(checkouts.length, 50)
    t.equal(objects.filter(({ object }) => Object(object['data'])['k'] === 'new').length, 51)
  })
})
