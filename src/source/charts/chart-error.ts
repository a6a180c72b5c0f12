import type { ChartRef } from '../../domain/chart.ts'
import { type ErrorCode, StageError } from '../../domain/error.ts'

type ChartErrorCode = Extract<
  ErrorCode,
  'SOURCE_REFUSED' | 'SOURCE_DENIED' | 'SOURCE_UNREACHABLE' | 'SOURCE_TIMEOUT'
>

/** Why a chart was not had; `reason` holds no URL with a query, which may carry a signature. */
export function chartError(
  { name, version, repository }: ChartRef,
  code: ChartErrorCode,
  reason: string,
  cause?: unknown,
): StageError {
  const text = `chart ${name} ${version} of ${repository}: ${reason}`
  return new StageError(code, text, { cause })
}
