import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { confine } from '../confined-path.ts'
import { decodeYaml } from '../decode/decode-yaml.ts'
import { limits } from '../limits.ts'
import { isRecord } from '../normalize/update-at.ts'
import type { LocatedProblem } from '../problem.ts'

/**
 * What helm would have to fetch: a dependency that is not in charts/ is a problem with its line in
 * Chart.yaml, and so is a chart whose name is a path (CVE-2026-35206).
 */
export async function scanChart(root: string, path: string): Promise<LocatedProblem[]> {
  const file = join(path, 'Chart.yaml')
  const target = await confine(root, path, 'Chart.yaml')
  if (target.kind !== 'inside') {
    return [{ code: 'RENDER_INVALID', file, line: 1, message: 'there is no such chart' }]
  }
  const { size } = await stat(join(root, target.path))
  if (size > limits.objectBytes) {
    return [{ code: 'RENDER_LIMIT', file, line: 1, message: 'it is larger than any chart' }]
  }
  const text = await readFile(join(root, target.path), 'utf8')
  const decoded = decodeYaml({ text, line: 1 })
  if (decoded.kind === 'bad') return decoded.problems.map((problem) => ({ ...problem, file }))
  if (decoded.kind === 'empty' || !isRecord(decoded.value)) {
    return [{ code: 'RENDER_INVALID', file, line: 1, message: 'it is no mapping' }]
  }
  const chart = decoded.value
  const vendored = await readdir(join(root, path, 'charts')).catch((): string[] => [])
  const problems: LocatedProblem[] = []
  const name = chart['name']
  if (typeof name !== 'string' || !isChartName(name)) {
    problems.push({ code: 'RENDER_REFUSED', file, line: 1, message: 'its name is no chart name' })
  }
  for (const dependency of dependenciesOf(chart)) {
    const line = decoded.places.lineOf(dependency) ?? 1
    const wanted = String(dependency['name'])
    if (!isChartName(wanted)) {
      problems.push({
        code: 'RENDER_REFUSED',
        file,
        line,
        message: 'a dependency has no chart name',
      })
    } else if (!vendored.some((entry) => entry === wanted || isArchiveOf(entry, wanted))) {
      const message = `dependency ${wanted} is not in charts/; run helm dependency update and commit it`
      problems.push({ code: 'RENDER_REFUSED', file, line, message })
    }
  }
  return problems
}

function isChartName(name: string): boolean {
  return /^[a-zA-Z0-9][a-zA-Z0-9._-]*$/.test(name) && !name.includes('..')
}

function isArchiveOf(entry: string, name: string): boolean {
  return entry.startsWith(`${name}-`) && entry.endsWith('.tgz')
}

function dependenciesOf(
  chart: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>>[] {
  const list = chart['dependencies']
  return Array.isArray(list) ? list.filter(isRecord) : []
}
