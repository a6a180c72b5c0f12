import { z } from 'zod'
import { triggers } from '../domain/application.ts'
import { type ErrorCode, errorTable } from '../domain/error.ts'
import type { SyncRecord } from '../domain/sync.ts'
import { parseJson } from './parse-json.ts'

const longest = 20
const shortenedTo = 50
/** Of an older record: it is read again only where Redis was lost. */
const olderShortenedTo = 10

/**
 * JSON of the newest records that fit into `maxBytes`, at most 20. Of the older ones the lists are
 * shortened, since all of it is sent with every write; of the newest only where it must be.
 */
export function encodeHistory(records: readonly SyncRecord[], maxBytes: number): string {
  const kept = records
    .slice(0, longest)
    .map((record, index) =>
      JSON.stringify(index === 0 ? record : shorten(record, olderShortenedTo)),
    )
  const newest = records[0]
  if (newest !== undefined && sizeOf(kept.slice(0, 1)) > maxBytes) {
    kept[0] = JSON.stringify(shorten(newest, shortenedTo))
  }
  while (kept.length > 0 && sizeOf(kept) > maxBytes) kept.pop()
  return `[${kept.join(',')}]`
}

/** Records that cannot be read (another version wrote them) are left out: nothing rests on them. */
export function decodeHistory(text: string | undefined): readonly SyncRecord[] {
  const list = z.array(z.unknown()).safeParse(parseJson(text ?? ''))
  if (!list.success) return []
  return list.data.flatMap((item) => {
    const record = Record.safeParse(item)
    return record.success ? [record.data] : []
  })
}

function sizeOf(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text) + 1, 1)
}

function shorten(record: SyncRecord, to: number): SyncRecord {
  const { failure } = record
  return {
    ...record,
    changes: record.changes.slice(0, to),
    drift: record.drift.slice(0, to),
    ...(record.allowed && { allowed: record.allowed.slice(0, to) }),
    warnings: record.warnings.slice(0, to),
    failure: failure && { ...failure, subjects: failure.subjects.slice(0, to) },
  }
}

const absent = z
  .string()
  .optional()
  .transform((text) => text)

const anything = z
  .unknown()
  .optional()
  .transform((value) => value)

const Ref = z.object({
  group: z.string(),
  version: z.string(),
  kind: z.string(),
  namespace: z.string(),
  name: z.string(),
})

const Action = z.enum(['created', 'configured', 'unchanged', 'deleted', 'skipped', 'failed'])

const Change = z.object({
  ref: Ref,
  action: Action,
  message: z.string(),
  origin: z
    .object({ file: z.string(), line: z.number() })
    .optional()
    .transform((origin) => origin),
})

const Owner = z.object({
  manager: z.string(),
  operation: z.enum(['Apply', 'Update', 'Delete', 'Connect']),
  time: absent,
  user: z.string().exactOptional(),
  groups: z.array(z.string()).exactOptional(),
  witnessed: z.string().exactOptional(),
  unrecorded: z.literal(true).exactOptional(),
})

const Drift = z.object({
  ref: Ref,
  type: z.enum(['declared', 'extra', 'missing', 'touched']),
  fields: z.array(z.object({ path: z.string(), desired: anything, live: anything })),
  offender: Owner.nullable(),
  message: z.string(),
  healed: z.boolean(),
  contended: z.literal(true).exactOptional(),
})

const Allowed = z.object({
  ref: Ref,
  path: z.string(),
  reason: z.enum(['ignored', 'scaled', 'controller']),
  owner: Owner.nullable(),
  desired: anything,
  live: anything,
})

const Subject = z.object({
  object: z.string().exactOptional(),
  file: z.string().exactOptional(),
  line: z.number().exactOptional(),
  message: z.string(),
})

const Failure = z.object({
  code: z.enum(Object.keys(errorTable) as ErrorCode[]),
  stage: z.enum([
    'config',
    'receive',
    'queue',
    'source',
    'render',
    'plan',
    'apply',
    'prune',
    'health',
    'report',
  ]),
  text: z.string(),
  subjects: z.array(Subject),
})

const Record: z.ZodType<SyncRecord> = z.object({
  id: z.string(),
  application: z.string(),
  trigger: z.enum(triggers),
  phase: z.enum(['Running', 'Succeeded', 'Failed', 'Superseded']),
  message: z.string(),
  revision: absent,
  author: absent,
  subject: absent,
  committedAt: absent,
  startedAt: z.string(),
  finishedAt: absent,
  stages: z.partialRecord(
    z.enum(['source', 'render', 'observe', 'gate', 'apply', 'prune', 'health']),
    z.number(),
  ),
  counts: z.partialRecord(Action, z.number()),
  changes: z.array(Change),
  drift: z.array(Drift),
  allowed: z.array(Allowed).exactOptional(),
  health: z.enum(['Healthy', 'Progressing', 'Degraded', 'Suspended', 'Missing', 'Unknown']),
  failure: Failure.optional().transform((failure) => failure),
  warnings: z.array(z.string()),
})
