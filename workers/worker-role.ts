import { systemClock } from '../src/domain/clock.ts'
import { ownNamespace } from '../src/domain/own-namespace.ts'
import { createAppTokens } from '../src/forge/app-tokens.ts'
import { createForgeBudget } from '../src/queue/forge-budget.ts'
import { createHashKey } from '../src/queue/hash-key.ts'
import { createKeys } from '../src/queue/keys.ts'
import { createWitnessRecords } from '../src/queue/witness-records.ts'
import { createRenderer } from '../src/render/create-renderer.ts'
import type { ClusterPool } from './cluster-pool.ts'
import { createCurrent } from './current.ts'
import { isolateRenderers } from './isolate-renderers.ts'
import { createWorkerMetrics } from './metrics.ts'
import type { Parts, RunningRole } from './running-role.ts'
import { startWorker } from './start-worker.ts'
import { createWorkerSetups } from './worker-setup.ts'

export interface RunningWorkerRole extends RunningRole {
  wake(applications: readonly string[]): Promise<void>
}

export async function runWorker(parts: Parts, clusters: ClusterPool): Promise<RunningWorkerRole> {
  const { config, options, gate, registry, redact, logger } = parts
  const metrics = createWorkerMetrics(registry)
  const keys = createKeys()
  const setupOf = createWorkerSetups({
    ownNamespace,
    renderer: createRenderer({
      tools: options.tools,
      dataDir: config.dataDir,
      clock: systemClock,
      isolation: await isolateRenderers(config.dataDir, logger),
    }),
    hashKey: createHashKey(gate.redis, keys),
    redact,
    clusters,
    budget: createForgeBudget(gate.redis, keys),
    witnessRecords: createWitnessRecords(gate.redis, keys),
    logger,
    appTokens: createAppTokens({ fetch, clock: systemClock, onToken: parts.learnFleeting }),
    clock: systemClock,
  })
  const setup = createCurrent(await setupOf(config), ({ release }) => release())
  const worker = startWorker({
    redisUrl: options.redisUrl,
    keys,
    setup,
    isRedisUp: () => gate.isUp(),
    onDead: parts.end,
    metrics,
    redact,
    clock: systemClock,
    logger,
  })
  return {
    wake: (applications) => worker.wake(applications),
    async prepare(changed) {
      const next = await setupOf(changed)
      return () => setup.replace(next)
    },
    async close() {
      await worker.close()
      await setup.close()
    },
  }
}
