import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'tap'
import type { Application } from '../../src/domain/application.ts'
import type { KubeObject } from '../../src/domain/kube-object.ts'
import { renderCommit } from '../../src/engine/render-commit.ts'
import { aRenderer } from '../support/a-render.ts'
import { aSource, noSignal } from '../support/a-source.ts'
import { anApplication } from '../support/an-application.ts'
import { createTestRepository } from '../support/git-repository.ts'

const examples = join(import.meta.dirname, '../../examples')

test('the three versions of task-agent are one application', async (t) => {
  const dir = t.testdir()
  const repository = await createTestRepository(dir)
  await cp(examples, repository.work, { recursive: true })
  await repository.commit({})
  const source = aSource(dir)
  const renderer = await aRenderer(t)

  async function render(path: string, overrides: Partial<Application> = {}) {
    const application = anApplication({ repo: repository.url, path, ...overrides })
    const revision = await source.fetchTip(application, noSignal)
    const discovery = { version: async () => 'v1.36.3', apiVersions: async () => ['v1', 'apps/v1'] }
    const { objects } = await renderCommit({ source, renderer, discovery }, application, {
      revision,
      signal: noSignal,
      onDecrypted() {},
    })
    return Object.fromEntries(
      objects.map(({ object }): [string, KubeObject] => [object.kind, object]),
    )
  }

  const plain = await render('task-agent/plain')
  const kustomize = await render('task-agent/kustomize/overlays/production')
  const helm = await render('task-agent/helm')

  t.same(Object.keys(plain).sort(), ['ConfigMap', 'Deployment', 'Service'])
  t.same(kustomize, plain)
  t.same(helm, plain)
  t.match(plain['Deployment'], {
    metadata: { name: 'task-agent' },
    spec: {
      replicas: 3,
      template: {
        spec: {
          containers: [
            {
              name: 'agent',
              image: 'myregistry.azurecr.io/task-agent:sha-abc123',
              ports: [{ containerPort: 8000, protocol: 'TCP' }],
            },
          ],
        },
      },
    },
  })
})
