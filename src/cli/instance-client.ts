import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { z } from 'zod'
import { StageError } from '../domain/error.ts'

/** Where an instance answers: its unix socket, or a URL with a token. */
export type InstanceAddress =
  | { readonly kind: 'socket'; readonly path: string }
  | { readonly kind: 'url'; readonly url: string; readonly token: string | undefined }

export interface InstanceClient {
  /** Throws INSTANCE_UNREACHABLE, or INSTANCE_REFUSED with the instance's own words. */
  get(path: string): Promise<unknown>
  post(path: string): Promise<unknown>
}

const problem = z.object({ detail: z.string().optional(), title: z.string().optional() })

export function createInstanceClient(address: InstanceAddress): InstanceClient {
  return {
    get: (path) => call(address, 'GET', path),
    post: (path) => call(address, 'POST', path),
  }
}

async function call(
  address: InstanceAddress,
  method: 'GET' | 'POST',
  path: string,
): Promise<unknown> {
  const { status, body } = await exchange(address, method, `/api/v1${path}`)
  const value = parse(body)
  if (status < 300) return value
  const told = problem.safeParse(value)
  const reason = told.success ? (told.data.detail ?? told.data.title ?? body) : body
  throw new StageError(
    'INSTANCE_REFUSED',
    `${method} ${path}: the instance answered ${status}: ${reason}${hint(status, address)}`,
  )
}

function hint(status: number, address: InstanceAddress): string {
  if (status === 404) return '; its applications: landfall status'
  if (status !== 401 || address.kind === 'socket') return ''
  return '; set LANDFALL_TOKEN to a token of server.auth.tokens'
}

function parse(body: string): unknown {
  try {
    return body === '' ? undefined : JSON.parse(body)
  } catch {
    return undefined
  }
}

function exchange(
  address: InstanceAddress,
  method: string,
  path: string,
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const request = open(address, method, path)
    request.on('response', (response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        body += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }))
      response.on('error', reject)
    })
    request.on('error', (cause) => reject(unreachable(address, cause)))
    request.end()
  })
}

function open(address: InstanceAddress, method: string, path: string) {
  if (address.kind === 'socket') return httpRequest({ socketPath: address.path, method, path })
  const url = new URL(path, address.url)
  const headers = address.token === undefined ? {} : { authorization: `Bearer ${address.token}` }
  return (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, { method, headers })
}

function unreachable(address: InstanceAddress, cause: Error): StageError {
  const text =
    address.kind === 'socket'
      ? `no instance answers on ${address.path}; start one with: landfall start, or name one with --server URL`
      : `${address.url} does not answer: ${cause.message}`
  return new StageError('INSTANCE_UNREACHABLE', text, { cause })
}
