import type { KubeObject } from '../../domain/kube-object.ts'
import { readNumber, waves } from '../order/ordering.ts'

export type HookPhase = 'pre-sync' | 'post-sync' | 'sync-fail'
export type HookDeletion = 'before-creation' | 'succeeded' | 'failed'

/**
 * none: an object like any other · dropped: it is for another time than a sync, and not applied ·
 * invalid: its annotations cannot be read.
 */
export type HookReading =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'hook'
      readonly phases: readonly HookPhase[]
      readonly deletion: readonly HookDeletion[]
      /** Lower ones run first. */
      readonly weight: number
    }
  | { readonly kind: 'dropped'; readonly warning: string | undefined }
  | { readonly kind: 'invalid'; readonly problem: string }

interface Dialect {
  readonly hook: string
  readonly deletion: string
  readonly phases: Readonly<Record<string, HookPhase | 'object' | 'never' | 'elsewhere'>>
  readonly deletions: Readonly<Record<string, HookDeletion>>
}

// The first whose annotation an object has holds. object: applied in the rollout · never: not
// applied · elsewhere: for a deletion or a rollback, which are no syncs.
const dialects: readonly Dialect[] = [
  {
    hook: 'landfall.dev/hook',
    deletion: 'landfall.dev/hook-delete',
    phases: { 'pre-sync': 'pre-sync', 'post-sync': 'post-sync', 'sync-fail': 'sync-fail' },
    deletions: { 'before-creation': 'before-creation', succeeded: 'succeeded', failed: 'failed' },
  },
  {
    hook: 'argocd.argoproj.io/hook',
    deletion: 'argocd.argoproj.io/hook-delete-policy',
    phases: {
      PreSync: 'pre-sync',
      Sync: 'object',
      PostSync: 'post-sync',
      SyncFail: 'sync-fail',
      Skip: 'never',
      PreDelete: 'elsewhere',
      PostDelete: 'elsewhere',
    },
    deletions: {
      BeforeHookCreation: 'before-creation',
      HookSucceeded: 'succeeded',
      HookFailed: 'failed',
    },
  },
  {
    hook: 'helm.sh/hook',
    deletion: 'helm.sh/hook-delete-policy',
    phases: {
      'pre-install': 'pre-sync',
      'pre-upgrade': 'pre-sync',
      'post-install': 'post-sync',
      'post-upgrade': 'post-sync',
      'crd-install': 'object',
      'pre-delete': 'elsewhere',
      'post-delete': 'elsewhere',
      'pre-rollback': 'elsewhere',
      'post-rollback': 'elsewhere',
      test: 'never',
      'test-success': 'never',
      'test-failure': 'never',
    },
    deletions: {
      'before-hook-creation': 'before-creation',
      'hook-succeeded': 'succeeded',
      'hook-failed': 'failed',
    },
  },
]

const weights = [...waves, 'helm.sh/hook-weight']

/** Reads Landfall's annotations, else Argo CD's, else Helm's. */
export function readHook({ metadata }: Pick<KubeObject, 'metadata'>): HookReading {
  const annotations = metadata.annotations ?? {}
  const dialect = dialects.find(({ hook }) => annotations[hook] !== undefined)
  if (dialect === undefined) return { kind: 'none' }
  const problems: string[] = []
  const phases = new Set(words(annotations, dialect.hook, dialect.phases, problems))
  const deletion = words(annotations, dialect.deletion, dialect.deletions, problems)
  const weight = readNumber(annotations, weights, problems)
  const problem = problems[0]
  if (problem !== undefined) return { kind: 'invalid', problem }
  const own = [...phases].filter(isPhase)
  // As in Argo CD and Helm: a run makes room for itself.
  if (own.length > 0) {
    return {
      kind: 'hook',
      phases: own,
      deletion: deletion.length > 0 ? deletion : ['before-creation'],
      weight,
    }
  }
  if (phases.has('object')) return { kind: 'none' }
  const text = `${dialect.hook}: ${annotations[dialect.hook]}`
  const warning = phases.has('elsewhere') ? `${text} is for no sync; it is not applied` : undefined
  return { kind: 'dropped', warning }
}

function isPhase(word: HookPhase | 'object' | 'never' | 'elsewhere'): word is HookPhase {
  return word === 'pre-sync' || word === 'post-sync' || word === 'sync-fail'
}

function words<T>(
  annotations: Readonly<Record<string, string>>,
  name: string,
  known: Readonly<Record<string, T>>,
  problems: string[],
): T[] {
  const parts = (annotations[name] ?? '').split(',').map((part) => part.trim())
  return parts.filter(Boolean).flatMap((part) => {
    const word = Object.hasOwn(known, part) ? known[part] : undefined
    if (word !== undefined) return [word]
    const all = Object.keys(known).join(', ')
    problems.push(`${name}: ${JSON.stringify(part)} is none of ${all}`)
    return []
  })
}
