import { once } from 'node:events'
import { Agent, type RequestOptions, request } from 'node:https'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import { type Access, readAccess } from './kube-proxy.ts'

export interface ApiReader {
  get(path: string): Promise<unknown>
  /** Calls with each event of a watch, which goes on until `signal` fires. */
  watch(path: string, onEvent: (event: unknown) => void, signal: AbortSignal): Promise<void>
}

/** Reads from an API server beside all proxies and without a program: for what is read often. */
export async function apiReader(kubeconfig: string): Promise<ApiReader> {
  const access = await readAccess(kubeconfig)
  const agent = new Agent({ keepAlive: true, ca: access.ca })
  const ask = async (path: string, signal?: AbortSignal) => {
    const outgoing = request(new URL(path, access.server), optionsOf(access, agent, signal)).end()
    const [answer] = await once(outgoing, 'response')
    if (answer.statusCode >= 300) throw new Error(`${path}: ${answer.statusCode}`)
    return answer
  }
  const watchOnce = async (
    path: string,
    onEvent: (event: unknown) => void,
    signal: AbortSignal,
  ) => {
    const answer = await ask(path, signal)
    for await (const line of createInterface({ input: answer })) onEvent(JSON.parse(line))
  }
  return {
    get: async (path) => JSON.parse(await text(await ask(path))),
    async watch(path, onEvent, signal) {
      while (!signal.aborted) {
        // It ends by itself now and then; what was missed comes again with the next one.
        await watchOnce(path, onEvent, signal).catch(() => delay(100))
      }
    },
  }
}

function optionsOf({ token }: Access, agent: Agent, signal?: AbortSignal): RequestOptions {
  const headers = { authorization: `Bearer ${token}` }
  return { agent, headers, ...(signal !== undefined && { signal }) }
}
