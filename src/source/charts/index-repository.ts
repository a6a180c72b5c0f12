import { chartError } from './chart-error.ts'
import { basicAuthorization, type ChartFetch, expectOk, maxArchiveBytes } from './chart-fetch.ts'
import type { Answer } from './chart-get.ts'
import { findInIndex } from './find-in-index.ts'

const maxIndexBytes = 64 * 1024 * 1024

/** From a repository with an index.yaml. https://helm.sh/docs/topics/chart_repository */
export async function fetchFromIndex(call: ChartFetch): Promise<Buffer> {
  const { get, base, credentials, options } = call
  const { chart } = options
  const authorization = basicAuthorization(credentials)
  const index = new URL(`${base}/index.yaml`)
  const listed = await get(index, { ...options, maxBytes: maxIndexBytes, authorization })
  expectOk(listed, chart)
  const found = readIndex(listed, call)
  const archive = new URL(found, `${base}/`)
  const isOwn = archive.origin === index.origin
  const answer = await get(archive, {
    ...options,
    maxBytes: maxArchiveBytes,
    authorization: isOwn ? authorization : undefined,
  })
  expectOk(answer, chart)
  return answer.body
}

function readIndex({ body }: Answer, { base, options: { chart } }: ChartFetch): string {
  const { name, version } = chart
  let found: string | undefined
  try {
    found = findInIndex(body.toString('utf8'), name, version)
  } catch (cause: unknown) {
    throw chartError(chart, 'SOURCE_REFUSED', 'its index.yaml cannot be read', cause)
  }
  if (found !== undefined && URL.canParse(found, `${base}/`)) return found
  throw chartError(chart, 'SOURCE_DENIED', 'its index.yaml names no such version')
}
