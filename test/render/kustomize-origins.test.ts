import { test } from 'tap'
import { aRenderer, type CommitFiles, refusedRender, renderInput } from '../support/a-render.ts'
import { aConfigMap, kustomizeCases } from '../support/kustomize-cases.ts'
import { originsOf } from '../support/origins-of.ts'

const kustomize = { type: 'kustomize' } as const

const service = (name: string) => `apiVersion: v1\nkind: Service\nmetadata:\n  name: ${name}\n`

test('what kustomize makes is from the file and line that declare it', async (t) => {
  await t.test('with several documents in a file, and names that change', async (t) => {
    const origins = await originsOf(
      t,
      {
        'app/prod/kustomization.yaml': 'resources: [../../base, own.yaml]\nnamePrefix: prod-\n',
        'app/prod/own.yaml': `# why\n\n${aConfigMap('own')}`,
        'base/kustomization.yml': 'resources: [all.yaml]\nnameSuffix: -x\n',
        'base/all.yaml': [
          `# all\n${aConfigMap('web')}`,
          service('web'),
          '# nothing\n',
          service('web-db'),
          '{apiVersion: v1, kind: Service, metadata: {name: flow}}\n',
        ].join('---\n'),
      },
      { path: 'app/prod' },
    )

    t.same(origins, {
      'prod-own': 'app/prod/own.yaml:3',
      'prod-web-x': 'base/all.yaml:7',
      'prod-web-db-x': 'base/all.yaml:14',
      'prod-flow-x': 'base/all.yaml:19',
    })
  })

  await t.test('in a List', async (t) => {
    const item = (name: string) =>
      `- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: ${name}}\n`
    const origins = await originsOf(t, {
      'app/kustomization.yaml': 'resources: [list.yaml]\n',
      'app/list.yaml': `apiVersion: v1\nkind: List\nitems:\n${item('a')}${item('b')}`,
    })

    t.same(origins, { a: 'app/list.yaml:4', b: 'app/list.yaml:7' })
  })

  await t.test('through links, and at the root of the repository', async (t) => {
    const origins = await originsOf(
      t,
      {
        Kustomization: { link: 'real.yaml' },
        'real.yaml': 'resources: [linked, a.yaml]\n',
        'a.yaml': { link: 'deep/a.yaml' },
        'deep/a.yaml': `---\n${aConfigMap('a')}`,
        linked: { link: 'other/base' },
        'other/base/kustomization.yaml': 'resources: [b.yaml]\n',
        'other/base/b.yaml': aConfigMap('b'),
      },
      { path: '' },
    )

    t.same(origins, { a: 'deep/a.yaml:2', b: 'other/base/b.yaml:1' })
  })

  await t.test('that kustomize is told to make it from', async (t) => {
    const origins = await originsOf(t, {
      'app/kustomization.yaml': `resources: [../base]
components: [../parts]
generatorOptions: {disableNameSuffixHash: true}
generators: [plugin.yaml]
configMapGenerator:
- name: settings
  behavior: merge
  literals: [b=2]
- name: more
  literals: [a=1]
secretGenerator:
- name: token
  literals: [a=1]
`,
      'app/plugin.yaml':
        '# one\napiVersion: builtin\nkind: ConfigMapGenerator\nmetadata: {name: plugged}\nliterals: [a=1]\n',
      'base/kustomization.yaml':
        'namePrefix: base-\nconfigMapGenerator:\n- {name: settings, literals: [a=1]}\n',
      'parts/kustomization.yaml':
        'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [c.yaml]\n',
      'parts/c.yaml': aConfigMap('c'),
    })

    t.match(origins, {
      more: 'app/kustomization.yaml:9',
      token: 'app/kustomization.yaml:12',
      c: 'parts/c.yaml:1',
    })
    t.match(
      Object.entries(origins).find(([name]) => name.startsWith('plugged')),
      [/./, 'app/plugin.yaml:2'],
    )
    t.match(
      Object.entries(origins).find(([name]) => name.includes('settings')),
      [/./, 'base/kustomization.yaml:3'],
    )
  })

  await t.test('that names the chart', async (t) => {
    const origins = await originsOf(
      t,
      {
        'app/kustomization.yaml': 'resources: [../base]\n',
        'base/kustomization.yaml': 'helmCharts:\n- name: db\n  releaseName: orders\n',
        'base/charts/db/Chart.yaml': 'apiVersion: v2\nname: db\nversion: 1.0.0\n',
        'base/charts/db/values.yaml': '',
        'base/charts/db/templates/a.yaml': aConfigMap('a', '{{ randAlphaNum 9 }}'),
      },
      { helmCharts: true },
    )

    t.same(origins, { a: 'base/kustomization.yaml:2' })
  })

  await t.test('after it moved within that file', async (t) => {
    const renderer = await aRenderer(t)
    const lineWith = async (before: string) => {
      const files = {
        'app/kustomization.yaml': 'resources: [a.yaml]\n',
        'app/a.yaml': `${before}${aConfigMap('a')}`,
      }
      const { objects } = await renderer.render(renderInput(t, files, { render: kustomize }))
      return objects[0]?.origin.line
    }

    t.equal(await lineWith(''), 1)
    t.equal(await lineWith('# moved\n'), 2)
  })

  await t.test('when it is wrong, too', async (t) => {
    const error = await refusedRender(
      t,
      { render: kustomize },
      {
        'app/kustomization.yaml': 'resources: [../base]\n',
        'base/kustomization.yaml': 'resources: [a.yaml]\n',
        'base/a.yaml': `${aConfigMap('a')}---\napiVersion: v1\nkind: Pod\nmetadata: {name: b, labels: {x: 1}}\n`,
      },
    )

    t.match(error.subjects, [{ file: 'base/a.yaml', line: 6, object: 'Pod b' }])
  })

  await t.test('when it cannot be read to its end', async (t) => {
    const error = await refusedRender(
      t,
      { render: kustomize },
      {
        'app/kustomization.yaml': 'resources: [a.yaml, b.yaml]\n',
        'app/a.yaml': aConfigMap('a'),
        'app/b.yaml': `# b\n${aConfigMap('b', '1234567890123456789')}`,
      },
    )

    t.match(error.subjects, [{ file: 'app/b.yaml', line: 2 }])
  })

  await t.test('whatever else has its name', async (t) => {
    const named = aConfigMap('a')
    const origins = await originsOf(t, {
      'app/kustomization.yaml': `resources: [../base]
namePrefix: x-
patches: [{path: patch.yaml}]
configurations: [other.yaml]
configMapGenerator: [{name: files, files: [copy.yaml], options: {disableNameSuffixHash: true}}]
`,
      'app/patch.yaml': named,
      'app/copy.yaml': named,
      'app/other.yaml': 'namePrefix: []\n',
      'base/kustomization.yaml': 'resources: [a.yaml]\n',
      'base/a.yaml': named,
    })

    t.same(origins, { 'x-a': 'base/a.yaml:1', 'x-files': 'app/kustomization.yaml:5' })
  })

  await t.test('of one file that is built twice', async (t) => {
    const origins = await originsOf(t, {
      'app/kustomization.yaml': 'resources: [blue, green]\n',
      'app/blue/kustomization.yaml': 'resources: [../../base]\nnamePrefix: blue-\n',
      'app/green/kustomization.yaml': 'resources: [../../base]\nnamePrefix: green-\n',
      'base/kustomization.yaml': 'resources: [a.yaml]\n',
      'base/a.yaml': aConfigMap('a'),
    })

    t.same(origins, { 'blue-a': 'base/a.yaml:1', 'green-a': 'base/a.yaml:1' })
  })

  await t.test('by the name it has before variables are put in', async (t) => {
    const renderer = await aRenderer(t)
    const files = {
      'app/kustomization.yaml': 'resources: [a.yaml, b.yaml]\n',
      'app/a.yaml': aConfigMap('"${who}-a"'),
      'app/b.yaml': aConfigMap('b'),
    }
    const render = { ...kustomize, substitute: { variables: { who: 'team' }, strict: true } }
    const { objects } = await renderer.render(renderInput(t, files, { render }))

    t.match(
      objects.map(({ object, origin }) => [object.metadata.name, origin.file]),
      [
        ['team-a', 'app/a.yaml'],
        ['b', 'app/b.yaml'],
      ],
    )
  })

  for (const [name, { files }] of Object.entries(kustomizeCases)) {
    await t.test(`in the case of ${name}`, async (t) => {
      for (const origin of Object.values(await originsOf(t, files))) {
        const [file = '', line] = origin.split(':')
        t.ok(typeof files[file] === 'string' && Number(line) > 0, origin)
      }
    })
  }
})

test('D1: what a repository writes in the place of an origin leads nowhere', async (t) => {
  const values = {
    'out of the repository': 'path: ../../../../etc/passwd',
    'at a file of this machine': 'path: /etc/passwd',
    'at a file kustomize does not read': 'path: secret.yaml',
    'at a file that does not declare it': 'path: ../base/other.yaml',
    'at a folder': 'path: ../base',
    'over several lines': 'path: "a.yaml\\n\\e[31mb"',
    'in another repository': 'path: a.yaml\nrepo: https://example.com/acme/x.git',
    'in files of other repositories': 'path: ../.landfall-remote/x/a.yaml',
    'that generates it': 'configuredIn: ../../x.yaml\nconfiguredBy: {kind: ConfigMapGenerator}',
  }
  for (const [name, value] of Object.entries(values)) {
    await t.test(name, async (t) => {
      const origins = await originsOf(t, written(value))

      t.same(origins, { a: 'app/a.yaml:1', other: 'base/other.yaml:1' })
    })
  }
})

/** Objects of which one has that annotation in the end. */
function written(value: string): CommitFiles {
  const annotations = { 'config.kubernetes.io/origin': value }
  const patch = JSON.stringify([{ op: 'add', path: '/metadata/annotations', value: annotations }])
  return {
    'app/kustomization.yaml': `resources: [a.yaml, ../base]\npatches:\n- target: {name: a}\n  patch: '${patch}'\n`,
    'app/a.yaml': aConfigMap('a'),
    'app/secret.yaml': aConfigMap('a'),
    'base/kustomization.yaml': 'resources: [other.yaml]\n',
    'base/other.yaml': service('other'),
  }
}
