import { isIP, isIPv6, type LookupFunction } from 'node:net'
import { Agent, request } from 'undici'
import type { ChartRef } from '../../domain/chart.ts'
import { StageError } from '../../domain/error.ts'
import { isPrivateAddress, isRefusedAddress, type Resolve } from '../host-address.ts'
import { chartError } from './chart-error.ts'

export interface Answer {
  readonly status: number
  readonly header: (name: string) => string | undefined
  readonly body: Buffer
  /** Where it came from in the end. */
  readonly url: URL
}

export interface GetOptions {
  readonly chart: ChartRef
  /** Hosts, with port, that the operator named: these alone may be private. */
  readonly trusted: ReadonlySet<string>
  readonly maxBytes: number
  readonly signal: AbortSignal
  readonly accept?: string
  /** Goes to the host of the first URL and to no other. */
  readonly authorization?: string | undefined
}

export type ChartGet = (url: URL, options: GetOptions) => Promise<Answer>

interface GetDeps {
  readonly resolve: Resolve
  readonly allowInsecureHttp: boolean
}

const maxRedirects = 5
const idleMs = 30_000

/**
 * GET, redirects followed. Every host is looked up once, every address of it checked, and these are
 * connected to: link-local and metadata addresses never, private ones only of hosts the operator
 * named.
 */
export function createChartGet(deps: GetDeps): ChartGet {
  return async (start, options) => {
    let url = start
    for (let redirects = 0; redirects <= maxRedirects; redirects += 1) {
      const isFirst = url.host === start.host && url.protocol === start.protocol
      const addresses = await addressesOf(url, options, deps)
      const authorization = isFirst ? options.authorization : undefined
      const answer = await exchange(url, addresses, { ...options, authorization })
      const target = answer.header('location')
      if (![301, 302, 303, 307, 308].includes(answer.status) || target === undefined) return answer
      if (!URL.canParse(target, url)) break
      url = new URL(target, url)
    }
    throw chartError(options.chart, 'SOURCE_REFUSED', 'it is redirected too often, or to no URL')
  }
}

async function addressesOf(
  url: URL,
  { chart, trusted }: GetOptions,
  { resolve, allowInsecureHttp }: GetDeps,
): Promise<readonly string[]> {
  const { host } = url
  const refuse = (reason: string) => chartError(chart, 'SOURCE_REFUSED', reason)
  const fault = faultOf(url, allowInsecureHttp)
  if (fault !== undefined) throw refuse(fault)
  const name = url.hostname.replace(/^\[|\]$/g, '')
  const addresses = isIP(name) > 0 ? [name] : await resolveName(name, chart, resolve)
  if (addresses.length === 0 || addresses.some(isRefusedAddress)) {
    throw refuse(`${host} is a link-local or metadata address`)
  }
  if (!trusted.has(host) && addresses.some(isPrivateAddress)) {
    throw refuse(`it leads to ${host}, a private address that chartRepositories does not name`)
  }
  return addresses
}

function faultOf(
  { protocol, host, username, password }: URL,
  allowInsecureHttp: boolean,
): string | undefined {
  const isAllowed = protocol === 'https:' || (protocol === 'http:' && allowInsecureHttp)
  if (!isAllowed) return `${protocol}//${host} is not https`
  return username + password === '' ? undefined : `a URL of ${host} carries a credential`
}

async function resolveName(name: string, chart: ChartRef, resolve: Resolve) {
  return resolve(name).catch((cause: unknown) => {
    throw chartError(chart, 'SOURCE_UNREACHABLE', `${name} does not resolve`, cause)
  })
}

async function exchange(
  url: URL,
  addresses: readonly string[],
  { chart, maxBytes, signal, accept, authorization }: GetOptions,
): Promise<Answer> {
  const agent = new Agent({
    connect: { lookup: pinned(addresses), timeout: idleMs },
    headersTimeout: idleMs,
    bodyTimeout: idleMs,
    maxResponseSize: maxBytes,
  })
  try {
    const { statusCode, headers, body } = await request(url, {
      dispatcher: agent,
      signal,
      headers: {
        'user-agent': 'landfall',
        ...(accept === undefined ? {} : { accept }),
        ...(authorization === undefined ? {} : { authorization }),
      },
    })
    return {
      status: statusCode,
      header: (name) => [headers[name]].flat()[0],
      body: Buffer.from(await body.arrayBuffer()),
      url,
    }
  } catch (error: unknown) {
    throw translate(error, url, { chart, maxBytes, signal })
  } finally {
    await agent.destroy()
  }
}

function pinned(addresses: readonly string[]): LookupFunction {
  const entries = addresses.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 }))
  return (_name, { all }, callback) => {
    const first = entries[0]
    if (all === true || first === undefined) callback(null, entries)
    else callback(null, first.address, first.family)
  }
}

function translate(
  error: unknown,
  { host }: URL,
  { chart, maxBytes, signal }: Pick<GetOptions, 'chart' | 'maxBytes' | 'signal'>,
): StageError {
  if (error instanceof StageError) return error
  if (signal.aborted) return chartError(chart, 'SOURCE_TIMEOUT', `${host} took too long`, error)
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') {
    return chartError(chart, 'SOURCE_REFUSED', `${host} sends more than ${maxBytes} bytes`, error)
  }
  if (/TIMEOUT/.test(code)) {
    return chartError(chart, 'SOURCE_TIMEOUT', `${host} does not answer in time`, error)
  }
  return chartError(chart, 'SOURCE_UNREACHABLE', `${host} cannot be reached (${code})`, error)
}
