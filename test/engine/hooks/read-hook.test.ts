import { test } from 'tap'
import { readHook } from '../../../src/engine/hooks/read-hook.ts'

const read = (annotations: Record<string, string>) =>
  readHook({ metadata: { name: 'migrate', annotations } })
const phasesOf = (annotations: Record<string, string>) => {
  const reading = read(annotations)
  return reading.kind === 'hook' ? reading.phases : reading.kind
}

test('a hook', async (t) => {
  await t.test('is said in the words of Landfall, Argo CD and Helm', async (t) => {
    const rows = [
      ['landfall.dev/hook', 'pre-sync', ['pre-sync']],
      ['landfall.dev/hook', 'post-sync, sync-fail', ['post-sync', 'sync-fail']],
      ['argocd.argoproj.io/hook', 'PreSync', ['pre-sync']],
      ['argocd.argoproj.io/hook', 'PostSync,SyncFail', ['post-sync', 'sync-fail']],
      ['argocd.argoproj.io/hook', 'Sync', 'none'],
      ['argocd.argoproj.io/hook', 'Skip', 'dropped'],
      ['argocd.argoproj.io/hook', 'PostDelete', 'dropped'],
      ['helm.sh/hook', 'pre-install,pre-upgrade', ['pre-sync']],
      ['helm.sh/hook', 'post-upgrade', ['post-sync']],
      ['helm.sh/hook', 'post-install,pre-delete', ['post-sync']],
      ['helm.sh/hook', 'crd-install', 'none'],
      ['helm.sh/hook', 'test', 'dropped'],
    ] as const
    for (const [name, value, wanted] of rows) {
      t.strictSame(phasesOf({ [name]: value }), wanted, `${name}: ${value}`)
    }
    t.equal(phasesOf({}), 'none')
  })

  await t.test('Landfall before Argo CD before Helm: one annotation decides', async (t) => {
    const helm = { 'helm.sh/hook': 'post-install' }
    const argo = { 'argocd.argoproj.io/hook': 'SyncFail' }

    t.strictSame(phasesOf({ ...helm, ...argo }), ['sync-fail'])
    t.strictSame(phasesOf({ ...helm, ...argo, 'landfall.dev/hook': 'pre-sync' }), ['pre-sync'])
  })

  await t.test('makes room for itself unless it is told otherwise', async (t) => {
    const argo = { 'argocd.argoproj.io/hook': 'PreSync' }
    const rows = [
      [{ 'landfall.dev/hook': 'pre-sync' }, ['before-creation']],
      [{ 'landfall.dev/hook': 'pre-sync', 'landfall.dev/hook-delete': 'failed' }, ['failed']],
      [
        { ...argo, 'argocd.argoproj.io/hook-delete-policy': 'BeforeHookCreation,HookSucceeded' },
        ['before-creation', 'succeeded'],
      ],
      [{ 'helm.sh/hook': 'pre-install', 'helm.sh/hook-delete-policy': 'hook-failed' }, ['failed']],
    ] as const
    for (const [annotations, deletion] of rows)
      t.match(read(annotations), { kind: 'hook', deletion })
  })

  await t.test('runs by wave, or by weight where it has no wave', async (t) => {
    const helm = { 'helm.sh/hook': 'pre-install', 'helm.sh/hook-weight': '-5' }

    t.match(read(helm), { weight: -5 })
    t.match(read({ ...helm, 'argocd.argoproj.io/sync-wave': '3' }), { weight: 3 })
  })

  await t.test('one that cannot be read is told, not applied as if it were none', async (t) => {
    t.match(read({ 'landfall.dev/hook': 'presync' }), {
      kind: 'invalid',
      problem: 'landfall.dev/hook: "presync" is none of pre-sync, post-sync, sync-fail',
    })
    t.match(read({ 'landfall.dev/hook': 'constructor' }), { kind: 'invalid' })
    t.match(read({ 'landfall.dev/hook': 'pre-sync', 'landfall.dev/hook-delete': 'always' }), {
      kind: 'invalid',
    })
    t.match(read({ 'helm.sh/hook': 'pre-install', 'helm.sh/hook-weight': 'x' }), {
      kind: 'invalid',
    })
  })
})
