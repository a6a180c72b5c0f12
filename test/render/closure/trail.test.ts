import fc from 'fast-check'
import { test } from 'tap'
import { startTrail, stillHolds } from '../../../src/render/closure/trail.ts'
import { scanFiles } from '../../../src/render/helm/scan-files.ts'
import { scanKustomization } from '../../../src/render/kustomize/scan-kustomization.ts'
import { type CommitFiles, treeOf } from '../../support/a-render.ts'

async function kustomizeClosure(files: CommitFiles) {
  const trail = startTrail(treeOf(files))
  await scanKustomization(trail, 'app')
  return trail.end()
}

async function helmClosure(files: CommitFiles) {
  const trail = startTrail(treeOf(files))
  await scanFiles(trail, 'app', { valueFiles: ['../values.yaml', 'prod.yaml'] })
  return trail.end()
}

const overlay = {
  'app/kustomization.yaml': 'resources: [../base, a.yaml]\n',
  'app/a.yaml': 'a',
  'base/kustomization.yaml': 'resources: [b.yaml]\n',
  'base/b.yaml': 'b',
}

test('a closure is exactly what was read', async (t) => {
  const { paths } = await kustomizeClosure({ ...overlay, 'base/other.yaml': '', 'x/y': '' })

  t.same(paths, Object.keys(overlay).sort())
})

test('a closure holds in a commit that changes nothing of it', async (t) => {
  const closure = await kustomizeClosure(overlay)

  for (const change of [{ 'README.md': 'new' }, { 'base/other.yaml': 'new' }, { 'app/x/y': '' }]) {
    t.equal(await stillHolds(closure, treeOf({ ...overlay, ...change })), true)
  }
})

test('a closure does not hold where a file changed, went, came or became a link', async (t) => {
  const closure = await kustomizeClosure(overlay)
  const { 'base/b.yaml': _, ...less } = overlay
  const commits: Record<string, CommitFiles> = {
    changed: { ...overlay, 'base/b.yaml': 'new' },
    gone: less,
    'another kustomization beside the first': { ...overlay, 'base/Kustomization': '' },
    'a link': { ...overlay, 'app/a.yaml': { link: '../base/b.yaml' } },
    'a folder': { ...less, 'base/b.yaml/x': '' },
  }

  for (const [name, files] of Object.entries(commits)) {
    t.equal(await stillHolds(closure, treeOf(files)), false, name)
  }
})

test('a file that was looked for and not there ends a closure when it comes', async (t) => {
  const files = { 'app/Chart.yaml': 'name: web\n', 'other/x': '' }
  const closure = await helmClosure(files)

  t.equal(await stillHolds(closure, treeOf({ ...files, 'other/y': '' })), true)
  t.equal(await stillHolds(closure, treeOf({ ...files, 'values.yaml': '' })), false)
  t.equal(await stillHolds(closure, treeOf({ ...files, 'app/templates/new.yaml': '' })), false)
})

test('what the links of a chart lead to is of its closure', async (t) => {
  const files = {
    'app/Chart.yaml': 'name: web\n',
    'app/templates': { link: '../shared/templates' },
    'shared/templates/a.yaml': { link: '../../more/a.yaml' },
    'more/a.yaml': 'a',
  }
  const closure = await helmClosure(files)

  t.equal(await stillHolds(closure, treeOf({ ...files, 'more/a.yaml': 'new' })), false)
  t.equal(await stillHolds(closure, treeOf({ ...files, 'shared/templates/b.yaml': '' })), false)
  t.equal(await stillHolds(closure, treeOf({ ...files, 'more/b.yaml': '' })), true)
})

test('a closure holds in another commit exactly when that commit has the same closure', async (t) => {
  const folder = fc.constantFrom('app', 'base', 'base/deep', 'other')
  const reference = fc.constantFrom('../base', 'deep', '../other', 'a.yaml', '../base/a.yaml', 'l')
  const field = fc.constantFrom('resources', 'components', 'crds', 'generators')
  const kustomization = fc.dictionary(field, fc.array(reference, { maxLength: 3 }))
  const content = fc.oneof(
    kustomization.map((value) => ['kustomization.yaml', JSON.stringify(value)] as const),
    kustomization.map((value) => ['Kustomization', JSON.stringify(value)] as const),
    fc.constantFrom('1', '2').map((text) => ['a.yaml', `data: ${text}`] as const),
    fc.constantFrom('a.yaml', '../base').map((link) => ['l', { link }] as const),
  )
  const file = fc
    .tuple(folder, content)
    .map(([one, [name, text]]): [string, CommitFiles[string]] => [`${one}/${name}`, text])
  const commit = fc.array(file, { maxLength: 8 })
  const start: CommitFiles = { ...overlay, 'app/x': '', 'base/deep/x': '', 'other/x': '' }

  await fc.assert(
    fc.asyncProperty(commit, commit, async (one, change) => {
      const before = { ...start, ...Object.fromEntries(one) }
      const after = { ...before, ...Object.fromEntries(change) }
      const closure = await kustomizeClosure(before)

      const holds = await stillHolds(closure, treeOf(after))

      const { fingerprint } = await kustomizeClosure(after)
      return holds === (fingerprint === closure.fingerprint)
    }),
    { numRuns: 500 },
  )
  t.pass()
})
