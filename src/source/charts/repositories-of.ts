import type { RenderOptions } from '../../domain/application.ts'
import type { ChartRef, ChartRepository } from '../../domain/chart.ts'

/** Where this chart may come from: that of a chart which the operator named, he named too. */
export function repositoriesOf(render: RenderOptions, chart: ChartRef): readonly ChartRepository[] {
  if (render.type !== 'helm') return []
  const { chart: own, chartRepositories = [] } = render
  if (own?.sha256 !== chart.sha256 || own.repository !== chart.repository) return chartRepositories
  return [...chartRepositories, { url: own.repository, credentials: undefined }]
}
