import { test } from 'tap'
import { StageError } from '../../src/domain/error.ts'
import type { KubeObject } from '../../src/domain/kube-object.ts'
import { hashOf } from '../../src/engine/canonical-json.ts'
import {
  definedKind,
  partOfLabel,
  placeObjects,
  type ScopeOf,
} from '../../src/engine/place-objects.ts'
import { aConfigMap } from '../support/objects.ts'

const scopes: Readonly<Record<string, boolean>> = {
  ConfigMap: true,
  Namespace: false,
  CustomResourceDefinition: false,
}
const scopeOf: ScopeOf = ({ kind }) => scopes[kind]

function place(objects: readonly KubeObject[]) {
  const rendered = objects.map((object, index) => ({
    object,
    origin: { file: 'app.yaml', line: index + 1 },
  }))
  return placeObjects(rendered, { namespace: 'shop', partOf: 'applyset-1', scopeOf, hash: hashOf })
}

function refused(objects: readonly KubeObject[]): StageError {
  try {
    place(objects)
  } catch (error) {
    if (error instanceof StageError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

function aCrd(scope: string, spec: Record<string, unknown> = {}): KubeObject {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'widgets.example.com' },
    spec: { group: 'example.com', scope, names: { kind: 'Widget' }, ...spec },
  }
}

const widget = { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'w' } }
const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'x', namespace: 'y' } }

test('placing objects', async (t) => {
  await t.test(
    "an object without a namespace gets the application's, another keeps its own",
    async (t) => {
      const bare = { ...aConfigMap(), metadata: { name: 'bare' } }

      const placed = place([
        bare,
        { ...aConfigMap(), metadata: { name: 'own', namespace: 'bank' } },
      ])

      t.strictSame(
        placed.map(({ ref }) => `${ref.namespace}/${ref.name}`),
        ['shop/bare', 'bank/own'],
      )
      t.equal(placed[0]?.object.metadata.namespace, 'shop')
    },
  )

  await t.test('a cluster-scoped object loses a namespace written by mistake', async (t) => {
    const [placed] = place([namespace])

    t.equal(placed?.ref.namespace, '')
    t.notOk(Object.hasOwn(placed?.object.metadata ?? {}, 'namespace'))
  })

  await t.test('each object gets the label beside its own, and a hash of the whole', async (t) => {
    const labelled = {
      ...aConfigMap(),
      metadata: { name: 'a', labels: { team: 'blue', [partOfLabel]: 'forged' } },
    }

    const [placed] = place([labelled])

    t.strictSame(placed?.object.metadata.labels, { team: 'blue', [partOfLabel]: 'applyset-1' })
    t.equal(placed?.hash, hashOf(placed?.object))
    t.strictSame(placed?.origin, { file: 'app.yaml', line: 1 })
  })

  await t.test('a kind the same commit defines is placed by its CRD', async (t) => {
    const namespaced = place([widget, aCrd('Namespaced')])
    const cluster = place([{ ...widget, metadata: { name: 'w', namespace: 'x' } }, aCrd('Cluster')])

    t.equal(namespaced[0]?.ref.namespace, 'shop')
    t.equal(cluster[0]?.ref.namespace, '')
  })

  await t.test('kinds nobody knows are refused, all at once', async (t) => {
    const error = refused([widget, aConfigMap(), { ...widget, metadata: { name: 'v' } }])

    t.match(error, {
      code: 'PLAN_UNKNOWN_KIND',
      text: 'Widget w: the cluster has no kind Widget in example.com/v1; install its CRD, which this waits for, or correct apiVersion (and 1 more)',
      subjects: [
        { object: 'Widget w', file: 'app.yaml', line: 1 },
        { object: 'Widget v', file: 'app.yaml', line: 3 },
      ],
    })
  })

  await t.test(
    'one whose kind a controller makes lives in the namespace that it names',
    async (t) => {
      const options = 'Prune=false, SkipDryRunOnMissingResource=true'
      const annotations = { 'argocd.argoproj.io/sync-options': options }
      const [claim, constraint] = place([
        { ...widget, metadata: { name: 'claim', namespace: 'shop', annotations } },
        { ...widget, metadata: { name: 'constraint', annotations } },
      ])

      t.equal(claim?.ref.namespace, 'shop')
      t.equal(constraint?.ref.namespace, '')
    },
  )

  await t.test('one object declared twice is refused with both places', async (t) => {
    const bare = { ...aConfigMap(), metadata: { name: 'settings' } }

    t.match(refused([aConfigMap(), bare]), {
      code: 'RENDER_INVALID',
      text: 'ConfigMap shop/settings is declared twice: app.yaml:1 and app.yaml:2; keep one',
    })
  })
})

test('the kind that a CRD defines', async (t) => {
  await t.test('has its group, its name and its scope', async (t) => {
    const kind = { group: 'example.com', kind: 'Widget' }

    t.strictSame(definedKind(aCrd('Namespaced')), { ...kind, namespaced: true })
    t.strictSame(definedKind(aCrd('Cluster')), { ...kind, namespaced: false })
  })

  await t.test('is none where the CRD is broken, and where it is no CRD', async (t) => {
    t.equal(definedKind(aConfigMap()), undefined)
    t.equal(definedKind({ ...aCrd('Cluster'), spec: 'x' }), undefined)
    t.equal(definedKind(aCrd('Cluster', { names: 'x' })), undefined)
    t.equal(definedKind(aCrd('Cluster', { names: {} })), undefined)
    t.equal(definedKind(aCrd('Cluster', { group: 1 })), undefined)
  })
})
