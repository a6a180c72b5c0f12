import type { Cluster, ResourceMapping } from '../cluster/cluster.ts'
import type { Application } from '../domain/application.ts'
import { refOf } from '../domain/kube-object.ts'
import type { Revision } from '../domain/revision.ts'
import type { Secret } from '../domain/secret.ts'
import type { Renderer } from '../render/create-renderer.ts'
import type { Source } from '../source/source.ts'
import { checkAllowed } from './allow-list.ts'
import { createDesiredHash } from './desired-hash.ts'
import { takeHooks, type WithHooks } from './hooks/hook.ts'
import { checkOrder } from './order/check-order.ts'
import { type Placeable, placeObjects } from './place-objects.ts'
import { renderCommit } from './render-commit.ts'

export interface RenderDeps {
  readonly source: Source
  readonly renderer: Renderer
  /** Namespace that is closed to applications. */
  readonly ownNamespace: string
  /** Of the hashes that stand for Secrets: the same for every worker, or Secrets are applied anew. */
  readonly hashKey: () => Promise<Buffer>
}

/**
 * The objects that a commit wants in the cluster, checked against the application's `allow`.
 * Throws SOURCE_*, RENDER_* and PLAN_* errors; leaves no checkout behind.
 */
export async function renderDesired(
  deps: RenderDeps,
  cluster: Cluster,
  {
    application,
    revision,
    signal,
    onDecrypted,
  }: {
    readonly application: Application
    readonly revision: Revision
    readonly signal: AbortSignal
    /** Told what was decrypted before anything of it can be told. */
    readonly onDecrypted: (secrets: readonly Secret[]) => void
  },
): Promise<WithHooks> {
  const { discovery } = cluster
  const commit = { revision, signal, onDecrypted }
  const rendered = await renderCommit({ ...deps, discovery }, application, commit)
  const isSecret = rendered.isDecrypted === true || hasSecretVariables(application)
  const placed = placeObjects(rendered.objects, {
    namespace: application.namespace,
    partOf: cluster.inventory.partOf(application.name),
    scopeOf: await scopesOf(cluster, rendered.objects),
    hash: createDesiredHash(await deps.hashKey(), isSecret),
  })
  checkAllowed(application, placed, deps.ownNamespace)
  const { desired, hooks, warnings } = takeHooks(placed)
  checkOrder(desired)
  return { desired, hooks, warnings: [...rendered.warnings, ...warnings] }
}

export function hasSecretVariables({ render }: Application): boolean {
  const variables = Object.values(render.substitute?.variables ?? {})
  return variables.some((value) => typeof value !== 'string')
}

async function scopesOf(
  cluster: Cluster,
  rendered: readonly Placeable[],
): Promise<(ref: { group: string; version: string; kind: string }) => boolean | undefined> {
  const keyOf = (ref: { group: string; version: string; kind: string }): string =>
    `${ref.group}/${ref.version}/${ref.kind}`
  const kinds = new Map(rendered.map(({ object }) => [keyOf(refOf(object)), refOf(object)]))
  const found = new Map<string, ResourceMapping | undefined>()
  for (const [key, ref] of kinds) found.set(key, await cluster.discovery.find(ref))
  return (ref) => found.get(keyOf(ref))?.namespaced
}
