import { test } from 'tap'
import { askForOrigins } from '../../../src/render/kustomize/ask-for-origins.ts'

function asked(kustomization: string): unknown {
  const text = askForOrigins(kustomization)
  return text === undefined ? undefined : JSON.parse(text)
}

test('a kustomization is made to ask for origins', async (t) => {
  const buildMetadata = ['originAnnotations']

  await t.test('whatever its form', async (t) => {
    t.same(asked('resources: [a.yaml]\n'), { resources: ['a.yaml'], buildMetadata })
    t.same(asked('{"resources": []}'), { resources: [], buildMetadata })
    t.same(asked('---\n# x\n---\nnamePrefix: "y"\n---\nno: 1\n'), {
      namePrefix: 'y',
      buildMetadata,
    })
  })

  await t.test('beside what it asks for itself', async (t) => {
    t.same(asked('BuildMetadata: [managedByLabel]\n'), {
      BuildMetadata: ['managedByLabel', 'originAnnotations'],
    })
  })

  await t.test('unless it is none', async (t) => {
    for (const text of ['', '[]', 'a: 1\na: 2\n', '{', 'text']) t.equal(asked(text), undefined)
  })
})
