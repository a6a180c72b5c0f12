import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { RenderOptions } from '../../src/domain/application.ts'
import { systemClock } from '../../src/domain/clock.ts'
import { createSecret } from '../../src/domain/secret.ts'
import { createRenderer } from '../../src/render/create-renderer.ts'
import { anApplication } from './an-application.ts'

/**
 * A process of its own that renders the checkout `<dir>/repository` with the program `<dir>/tool`, which
 * never ends: `node stuck-render.ts DIR kustomize|helm`. The key is in `<dir>/key`.
 */
const [dir = '', type = ''] = process.argv.slice(2)
const tool = join(dir, 'tool')
const decrypt = { age: [createSecret(await readFile(join(dir, 'key'), 'utf8'))] }
const render: RenderOptions =
  type === 'helm'
    ? { type, valueFiles: ['secret.yaml'], values: {}, releaseName: undefined, decrypt }
    : { type: 'kustomize', decrypt }
const renderer = createRenderer({
  tools: { kustomize: tool, helm: tool },
  dataDir: join(dir, 'data'),
  clock: systemClock,
})
await renderer.render({
  application: anApplication({ path: 'app', render }),
  revision: { sha: 'a'.repeat(40), rootTree: 'b'.repeat(40) },
  pathTree: 'c'.repeat(40),
  listFiles: async () => [],
  checkout: async () => join(dir, 'repository'),
  capabilities: async () => ({ kubeVersion: 'v1.36.3', apiVersions: ['v1'] }),
  signal: new AbortController().signal,
})
