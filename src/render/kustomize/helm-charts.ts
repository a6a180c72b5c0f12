import { posix } from 'node:path'
import { isChartName, isReleaseName } from '../helm/names.ts'
import { isRecord } from '../normalize/update-at.ts'
import { fieldValues } from './field-values.ts'

/** A chart that kustomize runs helm on, as paths from the kustomization's folder. */
export interface ChartUse {
  readonly folder: string
  readonly valueFiles: readonly string[]
}

export interface ChartFault {
  /** What to look for in the file. */
  readonly text: string
  readonly message: string
}

const known = new Set([
  'name',
  'version',
  'repo',
  'releaseName',
  'namespace',
  'valuesFile',
  'additionalValuesFiles',
  'valuesInline',
  'valuesMerge',
  'includeCRDs',
  'skipHooks',
  'skipTests',
  'apiVersions',
  'kubeVersion',
])

/** What stands in `helmCharts`; a field that is not known here might be an option of helm's. */
export function chartsIn(kustomization: Readonly<Record<string, unknown>>): {
  readonly uses: readonly ChartUse[]
  readonly faults: readonly ChartFault[]
} {
  const home = chartHomeOf(kustomization)
  if (home === undefined) {
    const message = 'helmGlobals takes chartHome, a path, and nothing else'
    return { uses: [], faults: [{ text: 'helmGlobals', message }] }
  }
  const faults: ChartFault[] = []
  const uses: ChartUse[] = []
  for (const chart of fieldValues(kustomization, 'helmCharts').flat()) {
    const message = isRecord(chart) ? chartFault(chart) : 'an entry of helmCharts is no mapping'
    if (message !== undefined) faults.push({ text: 'helmCharts', message })
    else if (isRecord(chart)) uses.push(useOf(chart, home))
  }
  return { uses, faults }
}

/** undefined: there is more in it than that. */
function chartHomeOf(kustomization: Readonly<Record<string, unknown>>): string | undefined {
  const [globals = {}, ...others] = fieldValues(kustomization, 'helmGlobals')
  if (others.length > 0 || !isRecord(globals)) return undefined
  const { chartHome, ...more } = globals
  if (chartHome === undefined || chartHome === '')
    return Object.keys(more).length > 0 ? undefined : 'charts'
  return typeof chartHome === 'string' && Object.keys(more).length === 0 ? chartHome : undefined
}

function chartFault(chart: Readonly<Record<string, unknown>>): string | undefined {
  const { name, version = '', repo = '', releaseName } = chart
  if (!isChartName(name)) return 'a chart in helmCharts has no chart name'
  const unknown = Object.keys(chart).find((key) => !known.has(key))
  if (unknown !== undefined) return `${unknown} of helmCharts is refused`
  if (typeof version !== 'string' || typeof repo !== 'string') {
    return `version and repo of chart ${name} are texts; quote them`
  }
  if (version.includes('/')) return `the version of chart ${name} is none`
  if (isReleaseName(releaseName)) return undefined
  return `chart ${name} needs a releaseName: helm would make one up each time`
}

/** kustomize looks there, and would fetch the chart where there is none. */
function useOf(chart: Readonly<Record<string, unknown>>, home: string): ChartUse {
  const name = String(chart['name'])
  const isVersioned = Boolean(chart['version']) && Boolean(chart['repo'])
  const folder = isVersioned ? posix.join(home, `${name}-${String(chart['version'])}`) : home
  const more = chart['additionalValuesFiles']
  const files = [chart['valuesFile'], ...(Array.isArray(more) ? more : [])]
  return {
    folder: posix.join(folder, name),
    valueFiles: files.filter((file): file is string => typeof file === 'string' && file !== ''),
  }
}
