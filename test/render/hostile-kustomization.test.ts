import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'tap'
import { aListener } from '../support/a-listener.ts'
import { type CommitFiles, refusedRender } from '../support/a-render.ts'

const configMap = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {k: v}\n'
const kustomize = { render: { type: 'kustomize' } } as const

test('D1: a path out of the repository is refused with the line that names it', async (t) => {
  const outward = {
    'a base': 'resources:\n- a.yaml\n- ../../../../etc\n',
    'a file of a generator':
      'resources: [a.yaml]\nconfigMapGenerator:\n- name: x\n  files: [a=../../../../../proc/self/environ]\n',
    'an absolute env file':
      'resources: [a.yaml]\nsecretGenerator:\n- name: x\n  envs: [/proc/self/environ]\n',
    'a patch': 'resources: [a.yaml]\npatches:\n- path: ../../../../x.yaml\n',
    'a component': 'components: [../../..]\n',
  }
  for (const [name, kustomization] of Object.entries(outward)) {
    await t.test(name, async (t) => {
      const error = await refusedRender(t, kustomize, {
        'app/kustomization.yaml': kustomization,
        'app/a.yaml': configMap,
      })
      t.match(error.code, /RENDER_REFUSED|RENDER_INVALID/)
      t.match(error.subjects[0], { file: 'app/kustomization.yaml' })
      t.ok((error.subjects[0]?.line ?? 0) > 0)
    })
  }
})

test('D1: a file of the repository above the kustomization is refused by kustomize', async (t) => {
  const error = await refusedRender(t, kustomize, {
    'app/kustomization.yaml': 'configMapGenerator:\n- name: x\n  files: [../other/file]\n',
    'other/file': 'c4nary',
  })

  t.equal(error.code, 'RENDER_FAILED')
  t.match(error.text, /security; file .* is not in or below/)
  t.notMatch(error.text, /c4nary/)
})

test('D1: a base that includes itself ends in an error', async (t) => {
  const error = await refusedRender(t, kustomize, {
    'app/kustomization.yaml': 'resources: [../base]\n',
    'base/kustomization.yaml': 'resources: [../app]\n',
  })

  t.match(error, { code: 'RENDER_FAILED', text: /cycle/ })
})

test('C4: a link out of the repository is refused', async (t) => {
  const error = await refusedRender(t, kustomize, {
    'app/kustomization.yaml': 'resources: [link.yaml]\n',
    'app/link.yaml': { link: '/etc/passwd' },
  })

  t.match(error, {
    code: 'RENDER_REFUSED',
    subjects: [{ file: 'app/kustomization.yaml', line: 1 }],
  })
  t.notMatch(error.text, /root:/)
})

test('D2: what is on another host is refused with its line, and nobody asks that host', async (t) => {
  const listener = await aListener(t)
  const host = listener.url.slice('http://'.length)
  const remote = {
    'a base': `resources:\n- a.yaml\n- ${listener.url}/acme/base?ref=main\n`,
    'a git base': `resources: ["git::${listener.url}/acme/base//x?ref=main"]\n`,
    'a file over http': `resources: [${listener.url}/a.yaml]\n`,
    'a short GitHub address':
      'bases: [github.com/kubernetes-sigs/kustomize//examples/helloWorld]\n',
    'an ssh address': 'resources: ["git@github.com:acme/base.git"]\n',
    'a host and port': `resources: ["${host}/acme/base.git"]\n`,
    'a component': `components: ["${listener.url}/acme/base//x"]\n`,
    'a patch': `resources: [a.yaml]\npatches:\n- path: ${listener.url}/patch.yaml\n`,
    'a file of a generator': `configMapGenerator:\n- name: x\n  files: ["a=${listener.url}/x"]\n`,
    'a schema': `openapi: {path: "${listener.url}/schema.json"}\n`,
    'a generator': `generators: ["${listener.url}/generator.yaml"]\n`,
    'a generator written inline': `generators:\n- |\n  apiVersion: builtin\n  kind: ConfigMapGenerator\n  metadata: {name: x}\n  files: [${listener.url}/x]\n`,
    'a generator on one line': `generators: ['{apiVersion: builtin, kind: ConfigMapGenerator, metadata: {name: x}, files: ["${listener.url}/x"]}']\n`,
    'an address with braces': `resources: ["${listener.url}/{a}.yaml"]\n`,
    'a base of a base': 'resources: [../base]\n',
    'a generator in a file': 'generators: [generator.yaml]\n',
  }
  const files = {
    'app/a.yaml': configMap,
    'app/generator.yaml': `apiVersion: builtin\nkind: ConfigMapGenerator\nmetadata: {name: x}\nfiles:\n- ${listener.url}/x\n`,
    'base/kustomization.yaml': `resources:\n- ${listener.url}/acme/base\n`,
  }
  for (const [name, kustomization] of Object.entries(remote)) {
    await t.test(name, async (t) => {
      const error = await refusedRender(t, kustomize, {
        ...files,
        'app/kustomization.yaml': kustomization,
      })

      t.equal(error.code, 'RENDER_REFUSED')
      t.match(error.subjects[0]?.message, /another host/)
      t.ok((error.subjects[0]?.line ?? 0) > 0)
    })
  }
  t.equal(listener.connections(), 0)
})

test('D3: nothing of the repository is run', async (t) => {
  const marker = join(t.testdir(), 'marker')
  const script = `#!/bin/sh\ntouch ${marker}\n`
  const exec = (kind: string) => `apiVersion: example.com/v1
kind: ${kind}
metadata:
  name: x
  annotations:
    config.kubernetes.io/function: |
      exec: {path: ./run.sh}
`
  const hostile: Record<string, CommitFiles> = {
    'a function': {
      'app/kustomization.yaml': 'generators: [fn.yaml]\n',
      'app/fn.yaml': exec('Run'),
    },
    'a transformer': {
      'app/kustomization.yaml': 'resources: [a.yaml]\ntransformers: [fn.yaml]\n',
      'app/a.yaml': configMap,
      'app/fn.yaml': exec('Run'),
    },
    'a plugin': {
      'app/kustomization.yaml': 'generators: [fn.yaml]\n',
      'app/fn.yaml': 'apiVersion: example.com/v1\nkind: Run\nmetadata: {name: x}\n',
    },
    'a helm chart': {
      'app/kustomization.yaml': 'helmCharts:\n- name: x\n  releaseName: --post-renderer=./run.sh\n',
    },
    'the older helm field': {
      'app/kustomization.yaml': 'helmChartInflationGenerator:\n- chartName: x\n',
    },
    'a helm generator': {
      'app/kustomization.yaml': 'generators: [fn.yaml]\n',
      'app/fn.yaml':
        'apiVersion: builtin\nkind: HelmChartInflationGenerator\nmetadata: {name: x}\nname: x\nreleaseName: --post-renderer=./run.sh\n',
    },
  }
  for (const [name, files] of Object.entries(hostile)) {
    await t.test(name, async (t) => {
      const error = await refusedRender(t, kustomize, { ...files, 'app/run.sh': script })

      t.match(error.code, /RENDER_(?:FAILED|REFUSED)/)
      await t.rejects(access(marker), { code: 'ENOENT' })
    })
  }
})

test('D2: a field is scanned however kustomize lets it be spelled', async (t) => {
  const remote = 'https://example.com/base'
  const spelled = {
    'in upper case': `RESOURCES: [${remote}]\n`,
    'with a long s': `reſourceſ: [${remote}]\n`,
    'in an entry': `resources: [a.yaml]\npatches: [{Path: ${remote}}]\n`,
    'of a generator': `configMapGenerator: [{name: x, FILES: [${remote}]}]\n`,
    'of charts': 'resources: [a.yaml]\nhelmChartſ: []\n',
  }
  for (const [name, kustomization] of Object.entries(spelled)) {
    const error = await refusedRender(t, kustomize, {
      'app/kustomization.yaml': kustomization,
      'app/a.yaml': configMap,
    })
    t.match(error, { code: 'RENDER_REFUSED', subjects: [{ message: /host|helmChart/ }] }, name)
  }
})

const withHelm = { render: { type: 'kustomize', helmCharts: true } } as const
const chart = {
  'app/charts/db/Chart.yaml': 'apiVersion: v2\nname: db\nversion: 1.0.0\n',
  'app/charts/db/values.yaml': '',
  'app/charts/db/templates/a.yaml': configMap,
}

test('D3: with helmCharts allowed, no option of helm can be smuggled in', async (t) => {
  const marker = join(t.testdir(), 'marker')
  const inflator =
    'apiVersion: builtin\nkind: HelmChartInflationGenerator\nmetadata: {name: x}\nname: db\nreleaseName: --post-renderer=./run.sh\n'
  const hostile: Record<string, CommitFiles> = {
    'a flag for a release': {
      'app/kustomization.yaml': 'helmCharts: [{name: db, releaseName: --post-renderer=./run.sh}]\n',
    },
    'no release name': { 'app/kustomization.yaml': 'helmCharts: [{name: db}]\n' },
    'a chart that is a path': {
      'app/kustomization.yaml': 'helmCharts: [{name: ../x, releaseName: x}]\n',
    },
    'a version that is a path': {
      'app/kustomization.yaml':
        'helmCharts: [{name: db, releaseName: x, version: ../../.., repo: https://example.com}]\n',
    },
    'a field that is not known': {
      'app/kustomization.yaml': 'helmCharts: [{name: db, releaseName: x, nameTemplate: x}]\n',
    },
    'a field spelled otherwise': {
      'app/kustomization.yaml': 'helmCharts: [{name: db, releaseName: x, RELEASENAME: -x}]\n',
    },
    'plugins of helm': {
      'app/kustomization.yaml':
        'helmGlobals: {configHome: ./home}\nhelmCharts: [{name: db, releaseName: x}]\n',
    },
    'globals spelled twice': {
      'app/kustomization.yaml':
        'helmGlobals: {chartHome: charts}\nHelmGlobals: {chartHome: /}\nhelmCharts: [{name: db, releaseName: x}]\n',
    },
    'charts of another place': {
      'app/kustomization.yaml':
        'helmGlobals: {chartHome: ../../..}\nhelmCharts: [{name: db, releaseName: x}]\n',
    },
    'the older field': { 'app/kustomization.yaml': 'helmChartInflationGenerator: []\n' },
    'a plugin in a file': {
      'app/kustomization.yaml': 'generators: [fn.yaml]\n',
      'app/fn.yaml': inflator,
    },
    'a plugin written inline': {
      'app/kustomization.yaml': `generators:\n- |\n  ${inflator.replaceAll('\n', '\n  ')}\n`,
    },
    'a plugin that a folder is built to': {
      'app/kustomization.yaml': 'generators: [fn]\n',
      'app/fn/kustomization.yaml':
        "resources: [x.yaml]\npatches:\n- target: {name: x}\n  options: {allowKindChange: true}\n  patch: '[{op: replace, path: /kind, value: HelmChartInflationGenerator}]'\n",
      'app/fn/x.yaml': inflator.replace('HelmChartInflationGenerator', 'ConfigMapGenerator'),
    },
    'a file of values on another host': {
      'app/kustomization.yaml':
        'helmCharts: [{name: db, releaseName: x, valuesFile: "https://example.com/v.yaml"}]\n',
    },
  }
  for (const [name, files] of Object.entries(hostile)) {
    await t.test(name, async (t) => {
      const script = `#!/bin/sh\ntouch ${marker}\n`
      const error = await refusedRender(t, withHelm, { ...chart, ...files, 'app/run.sh': script })

      t.equal(error.code, 'RENDER_REFUSED')
      t.match(error.subjects[0]?.file, /^app\//)
      await t.rejects(access(marker), { code: 'ENOENT' })
    })
  }
})

test('D2: a chart that is not in the repository is not fetched', async (t) => {
  const listener = await aListener(t)
  const error = await refusedRender(t, withHelm, {
    'app/kustomization.yaml': `helmCharts:\n- {name: db, releaseName: db, version: 1.0.0, repo: "${listener.url}"}\n`,
    ...chart,
  })

  t.match(error, {
    code: 'RENDER_REFUSED',
    subjects: [{ line: 1, message: /no chart in charts\/db-1\.0\.0\/db, and none is fetched/ }],
  })
  t.equal(listener.connections(), 0)
})

test('D9: a kustomization with a polluting key is refused', async (t) => {
  const error = await refusedRender(t, kustomize, {
    'app/kustomization.yaml': 'resources: []\n__proto__: {x: 1}\n',
  })

  t.match(error, { code: 'RENDER_REFUSED', subjects: [{ line: 2 }] })
})
