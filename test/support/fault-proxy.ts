import { once } from 'node:events'
import { type AddressInfo, createServer, connect as dial, type Server, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import type { Test } from 'tap'

/** What a link does to every connection, those that are open included. */
export type Fault =
  | { readonly kind: 'pass' }
  /** Nobody listens, and what was connected is reset. */
  | { readonly kind: 'refuse' }
  /** Takes connections and bytes, and carries none; what it took is carried once it passes again. */
  | { readonly kind: 'blackhole' }
  /** Resets a connection once the server has sent so many bytes over it. */
  | { readonly kind: 'reset'; readonly afterBytes: number }
  /** Each byte is that much later, in both directions. */
  | { readonly kind: 'latency'; readonly ms: number }
  | { readonly kind: 'throttle'; readonly bytesPerSecond: number }

/** A TCP link that can fail, to something that listens on the loopback interface. */
export interface FaultProxy {
  readonly port: number
  set(fault: Fault): Promise<void>
  /** Leads new connections to another port; resets those that are open. */
  lead(port: number): void
  /** Connections open now. */
  connections(): number
}

const pass: Fault = { kind: 'pass' }

interface Link {
  readonly client: Socket
  readonly server: Socket
  /** Bytes the server sent since the fault was set. */
  sent: number
}

interface State {
  fault: Fault
  upstream: number
  /** Settles when bytes are carried again. */
  open: PromiseWithResolvers<void> | undefined
  readonly links: Set<Link>
}

/** A link to `port`; ends with the test. */
export async function startFaultProxy(
  t: Pick<Test, 'teardown'>,
  port: number,
): Promise<FaultProxy> {
  const state: State = { fault: pass, upstream: port, open: undefined, links: new Set() }
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    join(state, client)
  })
  await listen(server, 0)
  const own = (server.address() as AddressInfo).port
  t.teardown(async () => {
    resetAll(state)
    if (server.listening) await close(server)
  })
  return {
    port: own,
    connections: () => state.links.size,
    lead(other) {
      state.upstream = other
      resetAll(state)
    },
    async set(fault) {
      state.fault = fault
      for (const link of state.links) link.sent = 0
      if (fault.kind === 'blackhole') state.open ??= Promise.withResolvers()
      else release(state)
      if (fault.kind === 'refuse') {
        resetAll(state)
        if (server.listening) await close(server)
      } else if (!server.listening) {
        await listen(server, own)
      }
    },
  }
}

async function listen(server: Server, port: number): Promise<void> {
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
}

async function close(server: Server): Promise<void> {
  server.close()
  await once(server, 'close')
}

function release(state: State): void {
  state.open?.resolve()
  state.open = undefined
}

function resetAll({ links }: State): void {
  for (const link of links) reset(link)
}

function reset({ client, server }: Link): void {
  client.resetAndDestroy()
  server.resetAndDestroy()
}

function join(state: State, client: Socket): void {
  const server = dial({ port: state.upstream, host: '127.0.0.1', allowHalfOpen: true })
  const link: Link = { client, server, sent: 0 }
  state.links.add(link)
  server.setNoDelay(true)
  carry(state, link, 'up')
  carry(state, link, 'down')
  for (const [end, other] of [
    [client, server],
    [server, client],
  ] as const) {
    end.on('error', () => other.resetAndDestroy())
    end.on('close', () => {
      if (other.destroyed) state.links.delete(link)
    })
  }
}

/** Passes bytes on in their order, each as late and as slow as the fault of that moment has it. */
function carry(state: State, link: Link, way: 'up' | 'down'): void {
  const [from, to] = way === 'up' ? [link.client, link.server] : [link.server, link.client]
  let last: Promise<void> = Promise.resolve()
  from.on('data', (chunk: Buffer) => {
    const due = performance.now() + (state.fault.kind === 'latency' ? state.fault.ms : 0)
    last = last.then(async () => {
      await delayUntil(due)
      await state.open?.promise
      if (way === 'down') await send(state, link, chunk)
      else await write(state, to, chunk)
    })
  })
  from.on('end', () => {
    last = last.then(async () => {
      await state.open?.promise
      to.end()
    })
  })
}

async function delayUntil(due: number): Promise<void> {
  const ms = due - performance.now()
  if (ms > 0) await delay(ms, undefined, { ref: false })
}

async function send(state: State, link: Link, chunk: Buffer): Promise<void> {
  const { fault } = state
  if (fault.kind !== 'reset') return write(state, link.client, chunk)
  const rest = fault.afterBytes - link.sent
  link.sent += chunk.length
  if (chunk.length <= rest) return write(state, link.client, chunk)
  await write(state, link.client, chunk.subarray(0, Math.max(rest, 0)))
  reset(link)
}

const slicesPerSecond = 20

async function write(state: State, to: Socket, chunk: Buffer): Promise<void> {
  let rest = chunk
  while (rest.length > 0 && to.writable) {
    const { fault } = state
    const most =
      fault.kind === 'throttle' ? Math.ceil(fault.bytesPerSecond / slicesPerSecond) : rest.length
    to.write(rest.subarray(0, most))
    rest = rest.subarray(most)
    if (fault.kind === 'throttle') await delay(1_000 / slicesPerSecond, undefined, { ref: false })
  }
}
