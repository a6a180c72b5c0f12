import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { confine } from '../confined-path.ts'
import { decodeYaml } from '../decode/decode-yaml.ts'
import type { Places } from '../decode/node-to-value.ts'
import { limits } from '../limits.ts'
import { isRecord } from '../normalize/update-at.ts'
import type { LocatedProblem, Problem } from '../problem.ts'
import { isVendored } from './is-vendored.ts'
import { isChartName } from './names.ts'

/**
 * What helm would have to fetch: a dependency that is not in charts/ is a problem with its line in
 * Chart.yaml, and so is a chart whose name is a path (CVE-2026-35206).
 */
export async function scanChart(root: string, path: string): Promise<LocatedProblem[]> {
  const file = join(path, 'Chart.yaml')
  const read = await readChart(root, path)
  if (read.kind === 'bad') return read.problems.map((problem) => ({ ...problem, file }))
  const vendored = await readdir(join(root, path, 'charts')).catch((): string[] => [])
  const name = isChartName(read.chart['name'])
    ? []
    : [{ code: 'RENDER_REFUSED' as const, file, line: 1, message: 'its name is no chart name' }]
  const dependencies = dependenciesOf(read.chart).flatMap((dependency): LocatedProblem[] => {
    const message = checkDependency(dependency['name'], vendored)
    const line = read.places.lineOf(dependency) ?? 1
    return message === undefined ? [] : [{ code: 'RENDER_REFUSED', file, line, message }]
  })
  return [...name, ...dependencies]
}

type ChartFile =
  | {
      readonly kind: 'chart'
      readonly chart: Readonly<Record<string, unknown>>
      readonly places: Places
    }
  | { readonly kind: 'bad'; readonly problems: readonly Problem[] }

async function readChart(root: string, path: string): Promise<ChartFile> {
  const target = await confine(root, path, 'Chart.yaml')
  if (target.kind !== 'inside') return badChart('RENDER_INVALID', 'there is no such chart')
  const { size } = await stat(join(root, target.path))
  if (size > limits.objectBytes) return badChart('RENDER_LIMIT', 'it is larger than any chart')
  const text = await readFile(join(root, target.path), 'utf8')
  const decoded = decodeYaml({ text, line: 1 })
  if (decoded.kind === 'bad') return decoded
  if (decoded.kind === 'empty' || !isRecord(decoded.value)) {
    return badChart('RENDER_INVALID', 'it is no mapping')
  }
  return { kind: 'chart', chart: decoded.value, places: decoded.places }
}

function badChart(code: Problem['code'], message: string): ChartFile {
  return { kind: 'bad', problems: [{ code, line: 1, message }] }
}

function checkDependency(name: unknown, vendored: readonly string[]): string | undefined {
  if (!isChartName(name)) return 'a dependency has no chart name'
  if (isVendored(name, vendored)) return undefined
  return `dependency ${name} is not in charts/; run helm dependency update and commit it`
}

function dependenciesOf(
  chart: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>>[] {
  const list = chart['dependencies']
  return Array.isArray(list) ? list.filter(isRecord) : []
}
