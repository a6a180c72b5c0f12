import { test } from 'tap'
import { readDirectives } from '../../src/engine/directive.ts'
import { aConfigMap } from '../support/objects.ts'

function annotated(annotations: Record<string, string>) {
  const object = aConfigMap()
  return { ...object, metadata: { ...object.metadata, annotations } }
}

const flux = 'kustomize.toolkit.fluxcd.io'
const argoOptions = 'argocd.argoproj.io/sync-options'

test('directives of an object', async (t) => {
  await t.test('without annotations it is always synced and may be pruned', async (t) => {
    t.strictSame(readDirectives(aConfigMap()), { sync: 'always', prune: true, force: 'never' })
    t.strictSame(readDirectives(annotated({ team: 'blue' })), {
      sync: 'always',
      prune: true,
      force: 'never',
    })
  })

  await t.test('how it is synced is said in the words of Landfall or of Flux', async (t) => {
    const rows = [
      ['landfall.dev/sync', 'ignore', 'ignore'],
      ['landfall.dev/sync', 'if-not-present', 'if-not-present'],
      ['landfall.dev/sync', 'sometimes', 'always'],
      [`${flux}/ssa`, 'Ignore', 'ignore'],
      [`${flux}/ssa`, 'IfNotPresent', 'if-not-present'],
      [`${flux}/ssa`, 'Merge', 'always'],
      [`${flux}/reconcile`, 'disabled', 'ignore'],
      [`${flux}/reconcile`, 'enabled', 'always'],
    ] as const
    for (const [name, value, wanted] of rows) {
      t.equal(readDirectives(annotated({ [name]: value })).sync, wanted, `${name}: ${value}`)
    }
  })

  await t.test('that it stays is said in the words of four deployers', async (t) => {
    const keeping = {
      'landfall.dev/prune': 'disabled',
      [`${flux}/prune`]: 'disabled',
      'helm.sh/resource-policy': 'keep',
    }
    for (const [name, value] of Object.entries(keeping)) {
      t.notOk(readDirectives(annotated({ [name]: value })).prune, name)
    }
    for (const value of [
      'Prune=false',
      'Validate=false, Delete=false',
      'Prune=false,Replace=true',
      'Prune=confirm',
      'Delete=confirm',
    ]) {
      t.notOk(readDirectives(annotated({ [argoOptions]: value })).prune, value)
    }
  })

  await t.test('Flux’s words are read from labels, too', async (t) => {
    const labelled = (labels: Record<string, string>) => {
      const object = aConfigMap()
      return readDirectives({ ...object, metadata: { ...object.metadata, labels } })
    }

    t.notOk(labelled({ [`${flux}/prune`]: 'disabled' }).prune)
    t.match(labelled({ [`${flux}/ssa`]: 'IfNotPresent' }), { sync: 'if-not-present' })
    t.match(labelled({ [`${flux}/reconcile`]: 'disabled' }), { sync: 'ignore' })
    t.match(labelled({ [`${flux}/force`]: 'enabled' }), { force: 'recreate' })
    t.ok(labelled({ 'landfall.dev/prune': 'disabled' }).prune)
  })

  await t.test('another value of these annotations keeps nothing', async (t) => {
    const others = {
      'landfall.dev/prune': 'enabled',
      [`${flux}/prune`]: 'enabled',
      'helm.sh/resource-policy': 'delete',
      [argoOptions]: 'Prune=true,NoPrune=false',
    }
    t.ok(readDirectives(annotated(others)).prune)
  })

  await t.test('that it may be made anew is said in the words of three deployers', async (t) => {
    const rows = [
      [{ 'landfall.dev/force': 'recreate' }, 'recreate'],
      [{ [argoOptions]: 'Prune=false, Replace=true' }, 'never'],
      [{ [argoOptions]: 'Force=true' }, 'recreate'],
      [{ [argoOptions]: 'Replace=true,Force=true' }, 'recreate'],
      [{ [`${flux}/force`]: 'Enabled' }, 'recreate'],
      [{ [`${flux}/force`]: 'enabled', 'landfall.dev/force': 'never' }, 'never'],
      [{ 'landfall.dev/force': 'please' }, 'never'],
      [{}, 'never'],
    ] as const
    for (const [annotations, force] of rows) {
      t.equal(readDirectives(annotated(annotations)).force, force, JSON.stringify(annotations))
    }
  })

  await t.test('a Job may be made anew unless its annotation forbids it', async (t) => {
    const job = (annotations: Record<string, string>) => ({
      ...annotated(annotations),
      apiVersion: 'batch/v1',
      kind: 'Job',
    })

    t.equal(readDirectives(job({})).force, 'recreate')
    t.equal(readDirectives(job({ 'landfall.dev/force': 'never' })).force, 'never')
  })
})
