import { posix } from 'node:path'

/** The part of helm's output that one template made. */
export interface SourceText {
  /** Path of the template in the repository. */
  readonly file: string
  readonly text: string
}

/**
 * helm puts `# Source: <chart>/templates/x.yaml` before each document. `path` is the chart's folder;
 * what comes before the first such line belongs to Chart.yaml.
 */
export function splitSources(output: string, path: string): readonly SourceText[] {
  const sources: SourceText[] = []
  let file = posix.join(path, 'Chart.yaml')
  let start = 0
  for (const match of output.matchAll(/^---\n# Source: ([^\n]+)$/gm)) {
    if (match.index > start) sources.push({ file, text: output.slice(start, match.index) })
    const inChart = (match[1] ?? '').split('/').slice(1).join('/')
    file = posix.join(path, inChart)
    start = match.index
  }
  sources.push({ file, text: output.slice(start) })
  return sources
}
