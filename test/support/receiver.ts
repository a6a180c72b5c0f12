import { createHash } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { Registry } from 'prom-client'
import type { Test } from 'tap'
import type { Application } from '../../src/domain/application.ts'
import { matchApplications } from '../../src/domain/match.ts'
import type { SyncRecord } from '../../src/domain/sync.ts'
import { createForge } from '../../src/forge/create-forge.ts'
import type { Forge } from '../../src/forge/forge.ts'
import { createServer, type ServerDeps } from '../../src/server/create-server.ts'
import type { Delivery, Intake } from '../../src/server/intake.ts'
import { createServerMetrics } from '../../src/server/metrics.ts'
import { anApplication } from './an-application.ts'
import { forgeSettings } from './forge-settings.ts'

export const operatorToken = 'operator-token-of-the-tests'
export const viewerToken = 'viewer-token-of-the-tests'

export interface Receiver {
  readonly app: FastifyInstance
  /** Deliveries the intake took, in order. */
  readonly deliveries: readonly Delivery[]
  /** Applications queued, in order. */
  readonly queued: readonly string[]
  /** What the control was asked, as `verb application by`. */
  readonly asked: readonly string[]
  readonly logLines: readonly string[]
  /** Listens on a port of its own; gives the URL. */
  listen(): Promise<string>
}

interface ReceiverOptions extends Partial<ServerDeps> {
  readonly applications?: readonly Application[]
  readonly syncs?: readonly SyncRecord[]
}

/** The HTTP server with each of the three forges, and a queue that is a list. */
export function startReceiver(t: Test, options: ReceiverOptions = {}): Receiver {
  const logLines: string[] = []
  const asked: string[] = []
  const applications = options.applications ?? defaultApplications()
  const queue = listIntake(applications)
  const syncs = options.syncs ?? []
  const forges = threeForges()
  const note = async (verb: string, name: string, by: string) => {
    asked.push(`${verb} ${name} ${by}`)
  }
  const app = createServer({
    trustProxy: false,
    tokens: () => accessTokens,
    forges: () => forges,
    intake: queue.intake,
    onVerified: () => {},
    records: {
      applications: async () => applications.map(({ name }) => ({ name })),
      application: async (name) => applications.find((application) => application.name === name),
      unconfigured: async () => [{ name: 'gone', cluster: 'prod' }],
      syncs: async (name) => syncs.filter(({ application }) => application === name),
      sync: async (id) => syncs.find((sync) => sync.id === id),
      shells: async () => [],
      witnessed: async () => [],
    },
    witnesses: () => [],
    control: {
      sync: async (name, by) => {
        await note('sync', name, by)
        return { wantedAt: '2026-01-01T00:00:00.000Z' }
      },
      pause: (name, by) => note('pause', name, by),
      resume: (name, by) => note('resume', name, by),
    },
    isReady: async () => ({ kind: 'ready' }),
    redact: (text) => text,
    metrics: createServerMetrics(new Registry()),
    clock: { now: () => Date.now() },
    logger: pino({ level: 'info' }, { write: (line: string) => void logLines.push(line) }),
    trusted: false,
    ...options,
  })
  t.teardown(() => app.close())
  return {
    app,
    deliveries: queue.deliveries,
    queued: queue.queued,
    asked,
    logLines,
    listen: () => app.listen({ port: 0, host: '127.0.0.1' }),
  }
}

function defaultApplications(): Application[] {
  return [
    anApplication({ name: 'task-agent', forge: 'github' }),
    anApplication({
      name: 'web',
      forge: 'gitlab',
      repo: 'https://gitlab.com/acme/deploy.git',
    }),
    anApplication({
      name: 'docs',
      forge: 'gitea',
      repo: 'https://gitea.example.com/acme/deploy.git',
    }),
  ]
}

function threeForges(): Map<string, Forge> {
  const deps = { fetch, clock: { now: () => Date.now() } }
  return new Map([
    ['github', createForge(forgeSettings(), deps)],
    ['gitlab', createForge(forgeSettings({ key: 'gitlab', type: 'gitlab' }), deps)],
    ['gitea', createForge(forgeSettings({ key: 'gitea', type: 'gitea' }), deps)],
  ])
}

/** An intake that keeps its promise in memory: an id is remembered once its jobs are queued. */
function listIntake(applications: readonly Application[]) {
  const deliveries: Delivery[] = []
  const queued: string[] = []
  const seen = new Set<string>()
  const intake: Intake = {
    async accept(delivery) {
      const { forge, deliveryId, event } = delivery
      if (deliveryId !== undefined && seen.has(deliveryId)) return { kind: 'duplicate' }
      deliveries.push(delivery)
      const match = matchApplications(event, forge, applications)
      if (match.kind === 'ignored') return match
      if (match.kind === 'unknown')
        return { kind: 'ignored', reason: 'no application tracks this repository' }
      queued.push(...match.applications.map(({ name }) => name))
      if (deliveryId !== undefined) seen.add(deliveryId)
      return { kind: 'accepted', applications: match.applications.length }
    },
  }
  return { intake, deliveries, queued }
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

const accessTokens = [
  { name: 'ci', role: 'operator', sha256: sha256(operatorToken) },
  { name: 'wall', role: 'viewer', sha256: sha256(viewerToken) },
] as const
