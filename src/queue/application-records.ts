import type { Redis } from 'ioredis'
import { z } from 'zod'
import { type Trigger, triggers } from '../domain/application.ts'
import type {
  ApplicationRecord,
  Beginning,
  Ending,
  HeldBack,
  Paused,
  Want,
} from '../domain/application-record.ts'
import { isUrgent, looksForDrift, triggerRank } from '../domain/wanted.ts'
import { begin, finish, fireRetry } from './application-scripts.ts'
import type { Keys } from './keys.ts'
import { recordWant } from './want-scripts.ts'

/** A sync that ended its worker this often is not tried again unasked. */
const crashesAllowed = 5
const weakestUrgent = Math.max(...triggers.filter(isUrgent).map(triggerRank))
/** Between commas. */
const lookless = triggers
  .filter((trigger) => !looksForDrift(trigger))
  .map((trigger) => `,${triggerRank(trigger)},`)
  .join('')

/** What is wanted of each application; every method is one round trip, whole or not at all. */
export interface ApplicationRecords {
  /** Milliseconds since the epoch by Redis: one clock for all workers, whatever theirs say. */
  now(): Promise<number>
  /** Gives the generation that a sync must reach to have done it. */
  want(application: string, want: Want): Promise<number>
  /** Takes everything that is wanted; `token` names the sync that does it. */
  begin(application: string, token: string): Promise<Beginning>
  /** `refKey` of what is said to have drifted since the last sync began; undefined: all, or unknown. */
  suspects(application: string): Promise<readonly string[] | undefined>
  /** False: another sync took this one's place, and nothing was changed. */
  finish(application: string, token: string, ending: Ending): Promise<boolean>
  /** Whether the sync named by `token` still has its place. */
  holds(application: string, token: string): Promise<boolean>
  /** Makes a retry that is due a want; false: none is. */
  fireRetry(application: string, now: number): Promise<boolean>
  pause(application: string, paused: Paused): Promise<void>
  /** Notes that the cluster remembers this pause, unless another one took its place. */
  keepPause(application: string, paused: Paused): Promise<void>
  resume(application: string): Promise<void>
  read(applications: readonly string[]): Promise<readonly ApplicationRecord[]>
}

export function createApplicationRecords(redis: Redis, keys: Keys): ApplicationRecords {
  const keyOf = (application: string) => [keys.application(application)]
  return {
    async now() {
      const [seconds, micros] = z.tuple([count, count]).parse(await redis.time())
      return seconds * 1_000 + Math.floor(micros / 1_000)
    },

    async want(application, wish) {
      return z.number().parse(await recordWant(redis, keys, application, wish))
    },

    async begin(application, token) {
      const answer = await begin(redis, keyOf(application), [
        token,
        weakestUrgent,
        crashesAllowed,
        lookless,
        triggerRank('drift'),
      ])
      return beginning.parse(answer)
    },

    async suspects(application) {
      return readSuspects(
        (await redis.hget(keys.application(application), 'suspects')) ?? undefined,
      )
    },

    async finish(application, token, ending) {
      const { retryAt, failedRevision, heldBack } =
        ending.kind === 'finished' ? ending : nothingKept
      const done = await finish(redis, keyOf(application), [
        token,
        retryAt ?? '',
        failedRevision ?? '',
        flag(ending.kind === 'interrupted'),
        weakestUrgent,
        heldBack === undefined ? '' : JSON.stringify(heldBack),
        lookless,
      ])
      return done === 1
    },

    async holds(application, token) {
      return (await redis.hget(keys.application(application), 'token')) === token
    },

    async fireRetry(application, now) {
      return (await fireRetry(redis, keyOf(application), [now, lookless])) === 1
    },

    async pause(application, { by, at }) {
      const key = keys.application(application)
      await redis.multi().hset(key, { pausedBy: by, pausedAt: at }).hdel(key, 'resumed').exec()
    },

    async keepPause(application, { at }) {
      await redis.hset(keys.application(application), 'pauseKeptAt', at)
    },

    async resume(application) {
      const key = keys.application(application)
      await redis.multi().hdel(key, 'pausedBy', 'pausedAt').hset(key, 'resumed', '1').exec()
    },

    async read(applications) {
      const pipeline = redis.pipeline()
      for (const name of applications) pipeline.hmget(keys.application(name), ...readFields)
      const answers = (await pipeline.exec()) ?? []
      return answers.map(([error, values]) => {
        if (error !== null) throw error
        return toRecord(fields.parse(values))
      })
    },
  }
}

const nothingKept = { retryAt: undefined, failedRevision: undefined, heldBack: undefined }

function flag(value: boolean): string {
  return value ? '1' : '0'
}

const readFields = [
  'dirty',
  'handled',
  'token',
  'retryAt',
  'sweptAt',
  'pausedBy',
  'pausedAt',
  'pauseKeptAt',
]

const count = z.coerce.number()
const text = z.string().nullable()
const time = count.nullable()
const fields = z.tuple([time, time, text, time, time, text, text, text])

function toRecord(values: z.infer<typeof fields>): ApplicationRecord {
  const [dirty, handled, token, retryAt, sweptAt, by, at, keptAt] = values
  return {
    dirty: (dirty ?? 0) > (handled ?? 0),
    running: token !== null,
    retryAt: retryAt ?? undefined,
    sweptAt: sweptAt ?? undefined,
    paused: by === null ? undefined : { by, at: at ?? '' },
    isPauseKept: by !== null && keptAt === at,
  }
}

/** Written above alone. */
function readHeldBack(text: string): HeldBack | undefined {
  return text === '' ? undefined : (JSON.parse(text) as HeldBack)
}

function readSuspects(text: string | undefined): readonly string[] | undefined {
  return text === undefined || text === '*' ? undefined : [...new Set(text.split('\n'))]
}

const rank = count.transform((index): Trigger => triggers[index] ?? 'sweep')
const optionalText = z.string().transform((value) => (value === '' ? undefined : value))
const optionalTime = optionalText.transform((value) =>
  value === undefined ? undefined : Number(value),
)

const beginning = z.union([
  z.tuple([z.literal('clean')]).transform(([kind]) => ({ kind })),
  z
    .tuple([z.literal('paused'), z.string(), z.string(), rank, count])
    .transform(([kind, by, at, trigger, sequence]) => ({
      kind,
      paused: { by, at },
      trigger,
      sequence,
    })),
  z
    .tuple([z.literal('quarantined'), count, count])
    .transform(([kind, crashes, sequence]) => ({ kind, crashes, sequence })),
  z
    .tuple([
      z.literal('begun'),
      count,
      count,
      rank,
      optionalTime,
      optionalText,
      count,
      optionalText,
      optionalText,
      optionalText,
      z.string(),
    ])
    .transform(
      ([
        kind,
        generation,
        sequence,
        trigger,
        pushedAt,
        expectedSha,
        attempts,
        failed,
        resumed,
        suspects,
        held,
      ]) => ({
        kind,
        generation,
        sequence,
        trigger,
        pushedAt,
        expectedSha,
        attempts,
        failedRevision: failed,
        heldBack: readHeldBack(held),
        isResumed: resumed !== undefined,
        isDriftWanted: suspects !== undefined,
        suspects: readSuspects(suspects),
      }),
    ),
])
