import { posix } from 'node:path'
import { type ChartRef, type ChartRepository, findRepository } from '../../domain/chart.ts'
import type { CommitItem, CommitTree } from '../../domain/commit-tree.ts'
import { followPath } from '../closure/follow-path.ts'
import { decodeYaml } from '../decode/decode-yaml.ts'
import { limits } from '../limits.ts'
import { isRecord } from '../normalize/update-at.ts'
import type { LocatedProblem } from '../problem.ts'
import { isVendored } from './is-vendored.ts'
import { isChartName } from './names.ts'

type Holder = Readonly<Record<string, unknown>>

/** A chart that is fetched, and where it goes in the checkout. */
export interface PinnedChart {
  readonly chart: ChartRef
  readonly path: string
}

interface Pinned {
  readonly charts: readonly PinnedChart[]
  readonly problems: readonly LocatedProblem[]
}

/** Beside Chart.yaml, as sha256sum writes it. */
const digestFile = 'charts.sha256'

/**
 * The dependencies that are not committed. Chart.lock says their version; what pins their bytes is
 * charts.sha256, since the digest in Chart.lock is one of the list alone.
 */
export async function pinnedCharts(
  tree: Pick<CommitTree, 'find' | 'read'>,
  path: string,
  items: readonly CommitItem[],
  repositories: readonly ChartRepository[],
): Promise<Pinned> {
  const file = posix.join(path, 'Chart.yaml')
  const text = await readText(tree, path, 'Chart.yaml')
  const decoded = text === undefined ? undefined : decodeYaml({ text, line: 1 })
  if (decoded?.kind !== 'value') return { charts: [], problems: [] }
  const locked = dependenciesOf(parse(await readText(tree, path, 'Chart.lock')))
  const digests = digestsIn((await readText(tree, path, digestFile)) ?? '')
  const vendored = vendoredIn(items, path)
  const charts = new Map<string, PinnedChart>()
  const problems: LocatedProblem[] = []
  for (const dependency of dependenciesOf(decoded.value)) {
    const pin = pinOf(dependency, { repositories, locked, digests, vendored })
    if (pin === 'vendored') continue
    if ('sha256' in pin) {
      const archive = posix.join(path, 'charts', `${pin.name}-${pin.version}.tgz`)
      charts.set(archive, { chart: pin, path: archive })
    } else {
      const line = decoded.places.lineOf(dependency) ?? 1
      problems.push({ code: 'RENDER_REFUSED', file, line, message: pin.fault })
    }
  }
  return { charts: [...charts.values()], problems }
}

interface Pins {
  /** Names in charts/. */
  readonly vendored: readonly string[] | 'unknown'
  readonly repositories: readonly ChartRepository[]
  readonly locked: readonly Holder[]
  /** By name of the archive. */
  readonly digests: ReadonlyMap<string, string>
}

function pinOf(dependency: Holder, pins: Pins): ChartRef | 'vendored' | { readonly fault: string } {
  const { name, repository = '' } = dependency
  if (!isChartName(name)) return { fault: 'a dependency has no chart name' }
  if (pins.vendored === 'unknown' || isVendored(name, pins.vendored)) return 'vendored'
  const update = `dependency ${name} is not in charts/; run helm dependency update and commit`
  if (typeof repository !== 'string' || !findRepository(pins.repositories, repository)) {
    const where = repository === '' ? '' : ', or add its repository to render.chartRepositories'
    return { fault: `${update} it${where}` }
  }
  const version = lockedVersion(pins.locked, { name, repository })
  if (version === undefined) return { fault: `${update} Chart.lock, which lacks it` }
  const archive = `${name}-${version}.tgz`
  const sha256 = pins.digests.get(archive)
  if (sha256 !== undefined) return { name, repository, version, sha256 }
  return {
    fault: `${digestFile} lacks ${archive}; in charts/ run sha256sum *.tgz > ../${digestFile}`,
  }
}

function lockedVersion(
  locked: readonly Holder[],
  { name, repository }: Pick<ChartRef, 'name' | 'repository'>,
): string | undefined {
  const lock = locked.find((one) => one['name'] === name && one['repository'] === repository)
  const version = lock?.['version']
  return typeof version === 'string' && /^[\w.+-]+$/.test(version) ? version : undefined
}

function digestsIn(text: string): ReadonlyMap<string, string> {
  const lines = text.matchAll(/^([\da-f]{64}) [ *](?:\.\/)?(?:charts\/)?(\S+\.tgz)\r?$/gm)
  return new Map(Array.from(lines, ([, sha256 = '', archive = '']) => [archive, sha256]))
}

/** Names in charts/; what is behind a link there is helm's to find. */
function vendoredIn(items: readonly CommitItem[], path: string): readonly string[] | 'unknown' {
  const folder = posix.join(path, 'charts')
  if (items.some((item) => item.path === folder)) return 'unknown'
  const below = items.filter((item) => item.path.startsWith(`${folder}/`))
  return below.map((item) => item.path.slice(folder.length + 1).split('/')[0] ?? '')
}

async function readText(
  tree: Pick<CommitTree, 'find' | 'read'>,
  path: string,
  name: string,
): Promise<string | undefined> {
  const target = await followPath(tree, path, name)
  if (target.kind !== 'file' || target.item.size > limits.objectBytes) return undefined
  return (await tree.read(target.item)).toString('utf8')
}

function parse(text: string | undefined): unknown {
  const decoded = text === undefined ? undefined : decodeYaml({ text, line: 1 })
  return decoded?.kind === 'value' ? decoded.value : undefined
}

function dependenciesOf(chart: unknown): readonly Holder[] {
  const list = isRecord(chart) ? chart['dependencies'] : undefined
  return Array.isArray(list) ? list.filter(isRecord) : []
}
