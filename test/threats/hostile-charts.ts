import { gzipSync } from 'node:zlib'
import { files, type HostileRepository } from '../support/hostile-repository.ts'
import { configMapYaml } from '../support/manifests.ts'

const chart = 'apiVersion: v2\nname: web\nversion: 1.0.0\n'
const needsDb = `${chart}dependencies:\n- {name: db, version: 1.0.0, repository: ""}\n`

/** A tar of one file, of so many zeros. */
function tarOf(name: string, bytes: number): Buffer {
  const header = Buffer.alloc(512)
  header.write(name, 0)
  header.write('0000644\0', 100)
  header.write('0000000\0'.repeat(2), 108)
  header.write(`${bytes.toString(8).padStart(11, '0')}\0`, 124)
  header.write('00000000000\0        0', 136)
  header.write('ustar\x0000', 257)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return Buffer.concat([header, Buffer.alloc(Math.ceil(bytes / 512) * 512 + 1024)])
}

const script = (marker: string) => `#!/bin/sh\ntouch ${marker}\n`

function kustomization(title: string, ends: HostileRepository['ends']) {
  return (content: HostileRepository['content']): HostileRepository => ({
    title,
    ends,
    render: 'kustomize',
    content,
  })
}

function aChart(title: string, ends: HostileRepository['ends']) {
  return (content: HostileRepository['content']): HostileRepository => ({
    title,
    ends,
    render: 'helm',
    content,
  })
}

/** What kustomize and helm have to withstand, or never to see. */
export const hostileRenders: readonly HostileRepository[] = [
  kustomization(
    'D1: a base far above the repository (CVE-2022-24877)',
    'RENDER_REFUSED',
  )(files(() => ({ 'app/kustomization.yaml': 'resources: [../../../../../etc]\n' }))),
  kustomization(
    'D1: a generator that reads the environment',
    'RENDER_REFUSED',
  )(
    files(() => ({
      'app/kustomization.yaml':
        'configMapGenerator:\n- name: x\n  files: [a=../../../../../../proc/self/environ]\n',
    })),
  ),
  kustomization(
    'D1: a base that includes itself (CVE-2022-24878)',
    'RENDER_FAILED',
  )(
    files(() => ({
      'app/kustomization.yaml': 'resources: [../base]\n',
      'base/kustomization.yaml': 'resources: [../app]\n',
    })),
  ),
  kustomization(
    'D2: a base on another host',
    'RENDER_REFUSED',
  )(
    files(({ url }) => ({
      'app/kustomization.yaml': `resources: ["${url}/acme/base?ref=main"]\n`,
    })),
  ),
  kustomization(
    'D3: a function that is a program (CVE-2021-41254)',
    'RENDER_FAILED',
  )(
    files(({ marker }) => ({
      'app/kustomization.yaml': 'generators: [fn.yaml]\n',
      'app/fn.yaml': `apiVersion: example.com/v1
kind: Run
metadata:
  name: x
  annotations: {config.kubernetes.io/function: "exec: {path: ./run.sh}"}
`,
      'app/run.sh': script(marker),
    })),
  ),
  kustomization(
    'D3: a chart whose release name is a post-renderer',
    'RENDER_REFUSED',
  )(
    files(({ marker }) => ({
      'app/kustomization.yaml': 'helmCharts:\n- {name: x, releaseName: --post-renderer=./run.sh}\n',
      'app/run.sh': script(marker),
    })),
  ),
  aChart(
    'D4: a chart whose name is a path (CVE-2026-35206)',
    'RENDER_REFUSED',
  )(files(() => ({ 'app/Chart.yaml': 'apiVersion: v2\nname: ../x\nversion: 1.0.0\n' }))),
  aChart(
    'D4: a lock file that is a link to a program (CVE-2025-53547)',
    'SOURCE_REFUSED',
  )(files(({ marker }) => ({ 'app/Chart.yaml': chart, 'app/Chart.lock': { link: marker } }))),
  aChart(
    'D4: values that are a link to a file outside (CVE-2022-24348)',
    'SOURCE_REFUSED',
  )(
    files(({ secret }) => ({
      'app/Chart.yaml': chart,
      'app/values.yaml': { link: secret },
      'app/templates/a.yaml': configMapYaml('a'),
    })),
  ),
  aChart(
    'D4: a template that reads files outside its chart',
    'deployed',
  )(
    files(({ secret }) => ({
      'app/Chart.yaml': chart,
      'app/templates/a.yaml': `apiVersion: v1
kind: ConfigMap
metadata: {name: reader}
data: {a: {{ .Files.Get "${secret}" | quote }}, b: {{ .Files.Get "../../x" | quote }}}
`,
    })),
  ),
  aChart(
    'D5: an archive that unpacks to far more than it is (CVE-2025-32386)',
    'RENDER_FAILED',
  )(
    files(() => ({
      'app/Chart.yaml': needsDb,
      'app/charts/db-1.0.0.tgz': gzipSync(tarOf('db/Chart.yaml', 150_000_000), { level: 1 }),
      'app/templates/a.yaml': configMapYaml('a'),
    })),
  ),
  aChart(
    'D5: a schema that refers to itself without end (CVE-2025-32387)',
    'RENDER_FAILED',
  )(
    files(() => ({
      'app/Chart.yaml': chart,
      'app/values.yaml': `a: ${'['.repeat(50)}${']'.repeat(50)}\n`,
      'app/values.schema.json': `{"properties":${'{"a":{"properties":'.repeat(20_000)}`,
      'app/templates/a.yaml': configMapYaml('a'),
    })),
  ),
  aChart(
    'D5: a template that includes itself',
    'RENDER_FAILED',
  )(
    files(() => ({
      'app/Chart.yaml': chart,
      'app/templates/a.yaml': '{{ define "a" }}{{ include "a" . }}{{ end }}{{ include "a" . }}',
    })),
  ),
  aChart(
    'D5: a template that asks for more memory than there is',
    'RENDER_FAILED',
  )(
    files(() => ({
      'app/Chart.yaml': chart,
      'app/templates/a.yaml': '{{ repeat 6000000000 "a" }}',
    })),
  ),
  aChart(
    'D5: a template that asks for a host (CVE-2023-25165)',
    'deployed',
  )(
    files(() => ({
      'app/Chart.yaml': chart,
      'app/templates/a.yaml':
        'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: host}\ndata: {a: {{ getHostByName "localhost" | quote }}}\n',
    })),
  ),
  aChart(
    'D6: a template that looks up Secrets (CVE-2026-41050)',
    'deployed',
  )(
    files(() => ({
      'app/Chart.yaml': chart,
      'app/templates/a.yaml':
        'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: lookup}\ndata: {a: {{ lookup "v1" "Secret" "" "" | toJson | quote }}}\n',
    })),
  ),
]
