import type { Desired } from '../domain/change.ts'
import { type ErrorSubject, StageError } from '../domain/error.ts'
import {
  describeRef,
  type KubeObject,
  type ObjectRef,
  refKey,
  refOf,
} from '../domain/kube-object.ts'
import { more } from './allow-list.ts'
import { isRecord } from './canonical-json.ts'
import type { HashDesired } from './desired-hash.ts'
import { awaitsKind } from './directive.ts'
import { withoutUnstable } from './unstable.ts'

export interface Placeable {
  readonly object: KubeObject
  readonly origin: Desired['origin']
  readonly unstable?: readonly string[]
}

/** Whether a kind lives in a namespace; undefined: the server has no such kind. */
export type ScopeOf = (ref: Pick<ObjectRef, 'group' | 'version' | 'kind'>) => boolean | undefined

interface PlaceOptions {
  readonly namespace: string
  readonly partOf: string
  readonly scopeOf: ScopeOf
  readonly hash: HashDesired
}

/** Label by which every object of an application is found again (KEP-3659). */
export const partOfLabel = 'applyset.kubernetes.io/part-of'

/**
 * Gives each rendered object its namespace (or takes it away from cluster-scoped kinds) and the
 * application's label. Throws PLAN_UNKNOWN_KIND with all objects of kinds that neither the server
 * nor a CRD among the objects knows, RENDER_INVALID for two objects with one identity. One whose kind
 * a controller is yet to make lives in a namespace if it names one.
 */
export function placeObjects(rendered: readonly Placeable[], options: PlaceOptions): Desired[] {
  const own = definedKinds(rendered)
  const unknown: ErrorSubject[] = []
  const desired = rendered.flatMap((item) => {
    const { object, origin } = item
    const ref = refOf(object)
    const namespaced = own.get(`${ref.group}/${ref.kind}`) ?? options.scopeOf(ref) ?? guess(object)
    if (namespaced === undefined) {
      unknown.push({
        object: describeRef(ref),
        ...origin,
        message: `the cluster has no kind ${ref.kind} in ${object.apiVersion}; install its CRD, which this waits for, or correct apiVersion`,
      })
      return []
    }
    const namespace = namespaced ? (object.metadata.namespace ?? options.namespace) : undefined
    return [place(item, namespace, options)]
  })
  if (unknown[0] !== undefined) {
    const text = `${unknown[0].object}: ${unknown[0].message}${more(unknown.length - 1)}`
    throw new StageError('PLAN_UNKNOWN_KIND', text, { subjects: unknown })
  }
  refuseTwins(desired)
  return desired
}

function guess(object: KubeObject): boolean | undefined {
  return awaitsKind(object) ? object.metadata.namespace !== undefined : undefined
}

function place(
  { object, origin, unstable }: Placeable,
  namespace: string | undefined,
  { partOf, hash }: PlaceOptions,
): Desired {
  const { namespace: _namespace, ...metadata } = object.metadata
  const placed: KubeObject = {
    ...object,
    metadata: {
      ...metadata,
      ...(namespace === undefined ? {} : { namespace }),
      labels: { ...metadata.labels, [partOfLabel]: partOf },
    },
  }
  const ref = refOf(placed)
  if (unstable === undefined) return { ref, object: placed, origin, hash: hash(placed) }
  const stable = withoutUnstable(placed, unstable)
  return { ref, object: placed, origin, hash: hash(stable), unstable }
}

function refuseTwins(desired: readonly Desired[]): void {
  const seen = new Map<string, Desired>()
  for (const item of desired) {
    const twin = seen.get(refKey(item.ref))
    if (twin !== undefined) {
      const text = `${describeRef(item.ref)} is declared twice: ${twin.origin.file}:${twin.origin.line} and ${item.origin.file}:${item.origin.line}; keep one`
      throw new StageError('RENDER_INVALID', text)
    }
    seen.set(refKey(item.ref), item)
  }
}

/** Scope of the kinds that CRDs among the objects define: known before the server knows them. */
function definedKinds(rendered: readonly Placeable[]): Map<string, boolean> {
  return new Map(
    rendered.flatMap(({ object }) => {
      const kind = definedKind(object)
      return kind === undefined ? [] : [[`${kind.group}/${kind.kind}`, kind.namespaced] as const]
    }),
  )
}

/** Whether the object is the CRD of that kind. */
export function defines(object: KubeObject, ref: Pick<ObjectRef, 'group' | 'kind'>): boolean {
  const kind = definedKind(object)
  return kind !== undefined && kind.group === ref.group && kind.kind === ref.kind
}

export function definedKind(
  object: KubeObject,
): { group: string; kind: string; namespaced: boolean } | undefined {
  if (object.kind !== 'CustomResourceDefinition') return undefined
  const spec = object['spec']
  if (!isRecord(spec) || !isRecord(spec['names'])) return undefined
  const { group, scope } = spec
  const kind = spec['names']['kind']
  if (typeof group !== 'string' || typeof kind !== 'string') return undefined
  return { group, kind, namespaced: scope === 'Namespaced' }
}
