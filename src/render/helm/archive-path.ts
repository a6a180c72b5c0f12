import type { ChartRef } from '../../domain/chart.ts'

/** Where a chart that the configuration names stands in a checkout. */
export function archivePath({ name, version }: ChartRef): string {
  return `.landfall/${name}-${version}.tgz`
}
