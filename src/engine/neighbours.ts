import type { Cluster } from '../cluster/cluster.ts'
import type { Application } from '../domain/application.ts'
import { StageError } from '../domain/error.ts'
import { type ObjectRef, refKey } from '../domain/kube-object.ts'
import type { Revision } from '../domain/revision.ts'
import type { Secret } from '../domain/secret.ts'
import { sharesCommits } from '../domain/shares-commits.ts'
import { isAllowed } from './allow-list.ts'
import { readDirectives } from './directive.ts'
import { type RenderDeps, renderDesired } from './render-desired.ts'

/** Another application, deployed from the same commits to the same cluster. */
export interface Neighbour {
  readonly name: string
  /** Whether it may have such an object at all. */
  mayHave(ref: ObjectRef): boolean
  /** Whether it has the object in this commit. Throws where it has a folder that does not render. */
  has(ref: ObjectRef): Promise<boolean>
  isPaused(): Promise<boolean>
}

/** What one sync may know of the other applications of its configuration. */
export interface Neighbours {
  readonly all: readonly Neighbour[]
  /** The application that marks its objects so, wherever it is deployed from. */
  nameOf(partOf: string): string | undefined
  /** undefined: what it has in this commit cannot be known. */
  find(name: string): Neighbour | undefined
}

/** Nothing is known of any other application. */
export const noNeighbours: Neighbours = {
  all: [],
  nameOf: () => undefined,
  find: () => undefined,
}

interface NeighbourDeps {
  readonly render: RenderDeps
  readonly cluster: Cluster
  /** The one that asks. */
  readonly application: Application
  /** All that are configured. */
  readonly applications: readonly Application[]
  /** undefined: another commit than the tip is healed, and the others are beyond it. */
  readonly revision: Revision | undefined
  readonly signal: AbortSignal
  /** What is decrypted of them is told to nobody either. */
  readonly onDecrypted: (secrets: readonly Secret[]) => void
}

/** Renders a neighbour the first time something is asked of it, and keeps what it found. */
export function createNeighbours(deps: NeighbourDeps): Neighbours {
  const { application, applications, cluster, revision } = deps
  const shared = applications.filter((other) => sharesCommits(application, other))
  const all =
    revision === undefined ? [] : shared.map((other) => toNeighbour(deps, other, revision))
  return {
    all,
    nameOf: (partOf) =>
      applications.find(({ name }) => cluster.inventory.partOf(name) === partOf)?.name,
    find: (name) => all.find((neighbour) => neighbour.name === name),
  }
}

function toNeighbour(deps: NeighbourDeps, other: Application, revision: Revision): Neighbour {
  const { render, cluster, application, signal, onDecrypted } = deps
  let keys: Promise<ReadonlySet<string>> | undefined
  let paused: Promise<boolean> | undefined
  const { name } = other
  const keysOf = async (): Promise<ReadonlySet<string>> => {
    // By the remote that the commit was read from: another one may not have it yet.
    const { repo, credentials } = application
    const { desired } = await renderDesired(render, cluster, {
      application: { ...other, repo, credentials },
      revision,
      signal,
      onDecrypted,
    })
    const own = desired.filter(({ object }) => readDirectives(object).sync !== 'ignore')
    return new Set(own.map(({ ref }) => refKey(ref)))
  }
  return {
    name,
    mayHave: (ref) => isAllowed(other, ref, render.ownNamespace),
    async has(ref) {
      keys ??= keysOf().catch(noneWithoutFolder)
      return (await keys).has(refKey(ref))
    },
    isPaused() {
      paused ??= cluster.inventory.read(name).then((inventory) => inventory.paused !== undefined)
      return paused
    },
  }
}

function noneWithoutFolder(error: unknown): ReadonlySet<string> {
  if (error instanceof StageError && error.code === 'SOURCE_PATH_GONE') return new Set()
  throw error
}
