import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { RenderOptions } from '../../src/domain/application.ts'
import { systemClock } from '../../src/domain/clock.ts'
import { createSecret } from '../../src/domain/secret.ts'
import { renderCommit } from '../../src/engine/render-commit.ts'
import { createRenderer } from '../../src/render/create-renderer.ts'
import { localSource } from '../../src/source/local-source.ts'
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
const source = localSource(join(dir, 'repository'), {
  fetchChart: () => Promise.reject(new Error('nothing is fetched')),
  openPinned: () => Promise.reject(new Error('nothing is fetched')),
})
const application = anApplication({ path: 'app', render })
const { signal } = new AbortController()
await renderCommit(
  {
    source,
    renderer,
    discovery: { version: async () => 'v1.36.3', apiVersions: async () => ['v1'] },
  },
  application,
  { revision: await source.fetchTip(application, signal), signal, onDecrypted() {} },
)
