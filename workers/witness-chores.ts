import type { Redis } from 'ioredis'
import type { Logger } from 'pino'
import type { Clock } from '../src/domain/clock.ts'
import { answering } from '../src/queue/answering.ts'
import type { ApplicationRecords } from '../src/queue/application-records.ts'
import type { Keys } from '../src/queue/keys.ts'
import { createOwnUsers } from '../src/queue/own-users.ts'
import { createTouchedPods } from '../src/queue/touched-pods.ts'
import type { WitnessRecords } from '../src/queue/witness-records.ts'
import type { Current } from './current.ts'
import { createTouchedPodsKeeper } from './touched-pods.ts'
import type { WorkerSetup } from './worker-setup.ts'

interface ChoresDeps {
  readonly redis: Redis
  readonly keys: Keys
  readonly setup: Current<Pick<WorkerSetup, 'applications' | 'clusterOf' | 'witnesses'>>
  readonly standing: ApplicationRecords
  readonly records: WitnessRecords
  readonly clock: Clock
  readonly logger: Logger
}

const lookMs = 2_000
const tellUsersMs = 60_000
const restLookMs = 60_000
const untoldText = 'a witness is not told as whom this worker writes; tried again in a minute'

/**
 * What a worker does for the clusters that have a witness: it tells as whom it writes, and looks
 * after touched pods. Costs next to nothing where none has one.
 */
export function startWitnessChores(deps: ChoresDeps): { close(): Promise<void> } {
  const { redis, keys, setup, clock, logger } = deps
  const users = createOwnUsers(redis, keys, clock)
  const pods = createTouchedPodsKeeper({
    ...deps,
    pods: createTouchedPods(redis, keys),
    applicationOf(name) {
      const { applications, clusterOf, witnesses } = setup.now()
      const application = applications.get(name)
      if (application === undefined || !witnesses.has(application.cluster)) return undefined
      return { application, cluster: clusterOf(application.cluster) }
    },
  })
  let toldFor: ReadonlySet<string> | undefined
  let toldAt = 0
  let lookedAt = 0

  async function tellUsers(): Promise<void> {
    await setup.use(async ({ witnesses, clusterOf }) => {
      if (witnesses === toldFor && clock.now() - toldAt < tellUsersMs) return
      toldFor = witnesses
      toldAt = clock.now()
      const answers = await Promise.allSettled(
        Array.from(witnesses, async (name) => {
          const user = await clusterOf(name).user()
          await answering(() => users.tell(name, user))
        }),
      )
      for (const answer of answers) {
        if (answer.status === 'rejected') logger.warn({ err: answer.reason }, untoldText)
      }
    })
  }

  async function doAll(): Promise<void> {
    if (setup.now().witnesses.size === 0) {
      // Of a witness that was switched off pods may be left.
      if (clock.now() - lookedAt < restLookMs) return
      lookedAt = clock.now()
    }
    for (const chore of [tellUsers, pods.look]) {
      await chore().catch((error: unknown) => logger.debug({ err: error }, 'witness chore'))
    }
  }

  let doing = Promise.resolve()
  let timer: NodeJS.Timeout | undefined
  let isClosed = false
  const next = () => {
    doing = doAll().then(() => {
      if (!isClosed) timer = setTimeout(next, lookMs)
    })
  }
  next()
  return {
    async close() {
      isClosed = true
      clearTimeout(timer)
      await doing
    },
  }
}
