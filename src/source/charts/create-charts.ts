import {
  type ChartRef,
  type ChartRepository,
  type FoundRepository,
  findRepository,
  parseChartAddress,
} from '../../domain/chart.ts'
import type { SecuritySettings } from '../../domain/settings.ts'
import type { Resolve } from '../host-address.ts'
import { createArchiveCache, sha256Of } from './archive-cache.ts'
import { chartError } from './chart-error.ts'
import { createChartGet } from './chart-get.ts'
import { fetchFromIndex } from './index-repository.ts'
import { fetchFromRegistry } from './registry.ts'

/** Archives of charts, from the repositories an application may use. */
export interface Charts {
  /** The archive with that digest; another one is an error. Throws SOURCE_*. */
  archive(
    chart: ChartRef,
    repositories: readonly ChartRepository[],
    signal: AbortSignal,
  ): Promise<Buffer>
}

interface ChartsOptions {
  readonly dir: string
  readonly security: SecuritySettings
  readonly resolve: Resolve
  readonly timeoutMs?: number
  readonly cacheBytes?: number
}

interface FetchOptions {
  readonly repositories: readonly ChartRepository[]
  readonly signal: AbortSignal
}

const defaultTimeoutMs = 2 * 60_000
const defaultCacheBytes = 1024 ** 3

export function createCharts(options: ChartsOptions): Charts {
  const { dir, resolve, security, timeoutMs = defaultTimeoutMs } = options
  const cache = createArchiveCache(dir, options.cacheBytes ?? defaultCacheBytes)
  const get = createChartGet({ resolve, allowInsecureHttp: security.allowInsecureHttp })

  async function fetch(
    chart: ChartRef,
    { address, repository }: FoundRepository,
    { repositories, signal }: FetchOptions,
  ): Promise<Buffer> {
    const trusted = new Set(
      repositories.flatMap(({ url }) => {
        const base = parseChartAddress(url)?.base
        return base === undefined ? [] : [new URL(base).host]
      }),
    )
    const call = {
      get,
      base: address.base,
      credentials: repository.credentials,
      options: { chart, trusted, signal },
    }
    return address.kind === 'index' ? fetchFromIndex(call) : fetchFromRegistry(call)
  }

  return {
    async archive(chart, repositories, signal) {
      const found = findRepository(repositories, chart.repository)
      if (found === undefined) {
        throw chartError(chart, 'SOURCE_REFUSED', 'chartRepositories does not name it')
      }
      const { credentials } = found.repository
      const known = await cache.get(chart.sha256, credentials)
      if (known !== undefined) return known
      const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
      const archive = await fetch(chart, found, { repositories, signal: limit })
      const got = sha256Of(archive)
      if (got !== chart.sha256) {
        const reason = `wanted is the archive sha256:${chart.sha256}, there is sha256:${got}`
        throw chartError(chart, 'SOURCE_REFUSED', reason)
      }
      // For the next time only; a full disk is told by the checkout.
      await cache.put(got, credentials, archive).catch(() => undefined)
      return archive
    },
  }
}
