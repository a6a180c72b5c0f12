import { type ByteCache, createByteCache } from '../domain/byte-cache.ts'
import type { CommitItem } from '../domain/commit-tree.ts'
import { type Closure, splitClosure, startTrail, stillHolds, type Trail } from './closure/trail.ts'
import { archivePath } from './helm/archive-path.ts'
import type { HelmOptions } from './helm/helm-options.ts'
import { type PinnedChart, pinnedCharts } from './helm/pinned-charts.ts'
import { mayAskCluster } from './helm/scan-capabilities.ts'
import { scanFiles } from './helm/scan-files.ts'
import { type Declaring, startDeclaring } from './kustomize/declaring.ts'
import { remoteFolder } from './kustomize/remote-base.ts'
import { createRemoteBases, type RemoteFiles } from './kustomize/remote-bases.ts'
import { scanKustomization } from './kustomize/scan-kustomization.ts'
import type { TakenCharts } from './kustomize/take-charts.ts'
import { problemsError } from './problem.ts'
import type { RenderInput } from './render.ts'

/** What of a commit a tool is given, and its name: the same name, the same content. */
export interface Needed {
  readonly fingerprint: string
  /** undefined: all of the commit. */
  readonly paths: readonly string[] | undefined
  /** What it is known to read: files, and folders with all below them. */
  readonly known: readonly string[]
  /** Whether it is told what the cluster is. */
  readonly asksCluster: boolean
  /** Of the charts that kustomize runs helm on, from the root; undefined: it runs none. */
  readonly chartValues: readonly string[] | undefined
  /** That are fetched. */
  readonly charts: readonly PinnedChart[]
  /** undefined: nothing is taken from another repository. */
  readonly remote: RemoteNeed | undefined
  /** Of kustomizations. */
  readonly declaring: Declaring
}

export interface RemoteNeed extends RemoteFiles {
  readonly paths: readonly string[]
}

export type ToolOptions =
  | {
      readonly renderer: 'kustomize'
      readonly helmCharts: boolean
      readonly remoteBases: readonly string[]
    }
  | { readonly renderer: 'helm'; readonly helm: HelmOptions }

export interface NeededFiles {
  /** Throws RENDER_* for what a tool must not be given. */
  of(input: RenderInput, options: ToolOptions): Promise<Needed>
  /** From now on the tool is given all of a commit. */
  mistrust(input: RenderInput): void
}

interface Scan extends Omit<Needed, 'fingerprint' | 'paths' | 'known'> {
  readonly closure: Closure
}

const scansBytes = 32 * 1024 * 1024
const answerBytes = 200
const mistrustedEntries = 10_000

/**
 * Remembers what each application read of its last commit: where a new commit has the same there,
 * nothing is read again.
 */
export function createNeededFiles(): NeededFiles {
  const scans: ByteCache<Scan> = createByteCache(scansBytes)
  const mistrusted: ByteCache<true> = createByteCache(mistrustedEntries)

  async function scanOf(input: RenderInput, options: ToolOptions): Promise<Scan> {
    const { name, repo, path } = input.application
    const key = JSON.stringify([name, repo, path, options])
    const known = scans.get(key)
    if (known !== undefined && (await stillHolds(known.closure, input.tree))) return known
    const scan = await scanCommit(input, options)
    const entries = scan.closure.answers.size + scan.declaring.generated.length + 1
    scans.set(key, scan, entries * answerBytes)
    return scan
  }

  return {
    async of(input, options) {
      const { closure, ...facts } = await scanOf(input, options)
      const known = closure.paths
      const isTrusted = mistrusted.get(placeOf(input)) === undefined
      return isTrusted
        ? { ...facts, known, fingerprint: closure.fingerprint, paths: known }
        : { ...facts, known, fingerprint: input.revision.rootTree, paths: undefined }
    },
    mistrust: (input) => mistrusted.set(placeOf(input), true, 1),
  }
}

function placeOf({ application: { name, repo, path } }: RenderInput): string {
  return JSON.stringify([name, repo, path])
}

async function scanCommit(input: RenderInput, options: ToolOptions): Promise<Scan> {
  return options.renderer === 'kustomize'
    ? scanForKustomize(input, options)
    : scanForHelm(input, options.helm)
}

async function scanForKustomize(
  input: RenderInput,
  { helmCharts, remoteBases }: Extract<ToolOptions, { renderer: 'kustomize' }>,
): Promise<Scan> {
  const bases = createRemoteBases(input, remoteBases)
  const trail = startTrail(bases.tree)
  const charts: TakenCharts = { isAny: false, files: [], valueFiles: [], inline: [] }
  const declaring = startDeclaring()
  const problems = await scanKustomization(trail, input.application.path, {
    charts: helmCharts ? charts : undefined,
    bases: remoteBases.length > 0 ? bases : undefined,
    declaring,
  })
  if (problems.length > 0) throw problemsError(problems)
  const { files: items, inline: values } = charts
  const { closure, elsewhere } = splitClosure(await trail.end(), remoteFolder)
  const { pins, rewrites } = bases
  return {
    closure: { ...closure, paths: closure.paths.filter((path) => !rewrites.has(path)) },
    asksCluster: charts.isAny && (await mayAskCluster({ items, values }, bases.tree)),
    chartValues: charts.isAny ? charts.valueFiles : undefined,
    charts: [],
    remote: pins.size === 0 ? undefined : { pins, rewrites, paths: elsewhere },
    declaring,
  }
}

async function scanForHelm(input: RenderInput, options: HelmOptions): Promise<Scan> {
  const trail = startTrail(input.tree)
  const items = await scanFiles(trail, input.application.path, options)
  const charts = await chartsOf(trail, input, options, items)
  const archives = await Promise.all(charts.map(({ chart }) => input.fetchChart(chart)))
  const { values } = options
  return {
    asksCluster: await mayAskCluster({ items, values, archives }, input.tree),
    chartValues: undefined,
    charts,
    remote: undefined,
    declaring: startDeclaring(),
    closure: await trail.end(),
  }
}

async function chartsOf(
  trail: Trail,
  { application: { path } }: RenderInput,
  { chart, chartRepositories = [] }: HelmOptions,
  items: readonly CommitItem[],
): Promise<readonly PinnedChart[]> {
  if (chart !== undefined) return [{ chart, path: archivePath(chart) }]
  const { charts, problems } = await pinnedCharts(trail, path, items, chartRepositories)
  if (problems.length > 0) throw problemsError(problems)
  return charts
}
