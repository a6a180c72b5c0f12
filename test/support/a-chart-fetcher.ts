import type { ChartRef, ChartRepository } from '../../src/domain/chart.ts'
import { createSecret } from '../../src/domain/secret.ts'
import type { SourceOptions } from '../../src/source/create-source.ts'
import { aSource, noSignal } from './a-source.ts'
import { anApplication } from './an-application.ts'
import { helm } from './helm-options.ts'

/** Fetches as an application that may use these repositories. */
export function aFetcher(
  dir: string,
  repositories: readonly (string | ChartRepository)[],
  overrides: Partial<SourceOptions> = {},
) {
  const source = aSource(dir, overrides)
  const chartRepositories = repositories.map((one) =>
    typeof one === 'string' ? { url: one, credentials: undefined } : one,
  )
  const application = anApplication(helm({ chartRepositories }))
  return (chart: ChartRef) => source.fetchChart(application, chart, noSignal)
}

export const robot = { username: 'robot', token: createSecret('token-of-a-robot') }
/** What it shows. */
export const basic = `Basic ${Buffer.from('robot:token-of-a-robot').toString('base64')}`
