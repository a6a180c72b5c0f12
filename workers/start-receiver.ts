import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import type { Clock } from '../src/domain/clock.ts'
import type { Redact } from '../src/domain/redact.ts'
import type { ServerSettings } from '../src/domain/settings.ts'
import { answering } from '../src/queue/answering.ts'
import { createApplicationControl } from '../src/queue/application-control.ts'
import { createApplicationRecords } from '../src/queue/application-records.ts'
import { createDeliveryLog } from '../src/queue/delivery-log.ts'
import { createIntake } from '../src/queue/intake.ts'
import type { Keys } from '../src/queue/keys.ts'
import { createRecordReader } from '../src/queue/record-reader.ts'
import { createRecordStore } from '../src/queue/record-store.ts'
import { createStrangers } from '../src/queue/strangers.ts'
import { createSyncQueue } from '../src/queue/sync-queue.ts'
import { createTouchedPods } from '../src/queue/touched-pods.ts'
import { createWitnessRecords } from '../src/queue/witness-records.ts'
import { closeApp } from '../src/server/close-app.ts'
import { createServer } from '../src/server/create-server.ts'
import { listenOnSocket } from '../src/server/listen-socket.ts'
import { createServerMetrics } from '../src/server/metrics.ts'
import type { Current } from './current.ts'
import { createDeliveryNotes } from './delivery-notes.ts'
import { registerQueueMetrics } from './metrics.ts'
import type { ReceiverSetup } from './receiver-setup.ts'
import type { RedisGate } from './redis-gate.ts'

interface ReceiverDeps {
  readonly server: ServerSettings
  readonly dataDir: string
  readonly setup: Current<ReceiverSetup>
  readonly gate: RedisGate
  readonly keys: Keys
  readonly registry: Registry
  readonly redact: Redact
  readonly clock: Clock
  readonly logger: Logger
}

export interface Receiver {
  /** Base URL. */
  readonly url: string
  close(): Promise<void>
}

/** Takes webhooks and answers the API, over TCP and on the instance's own socket. */
export async function startReceiver(deps: ReceiverDeps): Promise<Receiver> {
  const { server, dataDir, setup, gate, keys, registry, redact, clock, logger } = deps
  const { redis } = gate
  const applications = () => setup.now().applications
  const records = createApplicationRecords(redis, keys)
  const queue = createSyncQueue(redis, keys, (error) => logger.debug({ err: error }, 'sync queue'))
  const reader = createRecordReader({
    applications: () => Array.from(applications().keys()),
    records,
    store: createRecordStore(redis, keys),
    witnessed: createWitnessRecords(redis, keys),
    touched: createTouchedPods(redis, keys),
    strangers: createStrangers(redis, keys),
  })
  registerQueueMetrics(registry, {
    counts: () => answering(() => queue.counts()),
    applications: () => reader.applications(),
  })
  const common = {
    trustProxy: server.trustProxy,
    tokens: () => setup.now().tokens,
    forges: () => setup.now().forges,
    intake: createIntake({
      redis,
      keys,
      queue,
      applications,
      clock,
      onError: (error) => logger.debug({ err: error }, 'delivery not remembered'),
    }),
    records: reader,
    witnesses: () => setup.now().witnesses,
    onVerified: createDeliveryNotes({
      signersOf: (forge) => setup.now().signers.get(forge) ?? [],
      log: createDeliveryLog(redis, keys),
      clock,
      onError: (error) => logger.debug({ err: error }, 'delivery not noted'),
    }),
    control: createApplicationControl({ records, queue, clock }),
    isReady: () => gate.isReady(),
    redact,
    metrics: createServerMetrics(registry),
    clock,
    logger,
  }
  const open = createServer({ ...common, trusted: false })
  const trusted = createServer({ ...common, trusted: true })
  const close = async () => {
    await Promise.all([closeApp(open), closeApp(trusted)])
    await queue.close()
  }
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 })
    await listenOnSocket(trusted, join(dataDir, 'landfall.sock'))
    const { host, port } = server
    return { url: await open.listen({ host, port }), close }
  } catch (error) {
    await close()
    throw error
  }
}
