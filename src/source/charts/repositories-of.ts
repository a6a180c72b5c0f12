import type { RenderOptions } from '../../domain/application.ts'
import { type ChartRef, type ChartRepository, findRepository } from '../../domain/chart.ts'

/** Where this chart may come from: of a chart that the operator named, he named the place too. */
export function repositoriesOf(
  render: RenderOptions,
  { sha256, repository: url }: ChartRef,
): readonly ChartRepository[] {
  if (render.type !== 'helm') return []
  const { chart: own, chartRepositories = [] } = render
  const isOwn = own?.sha256 === sha256 && own.repository === url
  if (!isOwn || findRepository(chartRepositories, url) !== undefined) return chartRepositories
  return [...chartRepositories, { url, credentials: undefined }]
}
