import type { ChartRef, ChartRepository } from '../../domain/chart.ts'
import { chartError } from './chart-error.ts'
import type { Answer, ChartGet, GetOptions } from './chart-get.ts'

/** What it takes to fetch one archive. */
export interface ChartFetch {
  readonly get: ChartGet
  readonly base: string
  readonly credentials: ChartRepository['credentials']
  readonly options: Pick<GetOptions, 'chart' | 'trusted' | 'signal'>
}

/** A checkout leaves out what is larger. */
export const maxArchiveBytes = 32 * 1024 * 1024

/** Throws unless the answer is what was asked for. */
export function expectOk({ status, url }: Answer, chart: ChartRef): void {
  if (status === 200) return
  const at = `${url.host} answers ${status}`
  if ([401, 403, 404].includes(status)) {
    const reason = `${at}: there is none, or none for these credentials`
    throw chartError(chart, 'SOURCE_DENIED', reason)
  }
  throw chartError(chart, 'SOURCE_UNREACHABLE', at)
}

export function basicAuthorization(credentials: ChartFetch['credentials']): string | undefined {
  if (credentials === undefined) return undefined
  const { username, token } = credentials
  return `Basic ${Buffer.from(`${username}:${token.reveal()}`).toString('base64')}`
}
