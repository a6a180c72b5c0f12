import { z } from 'zod'

const drift = z.object({
  kind: z.string(),
  namespace: z.string(),
  name: z.string(),
  type: z.string(),
  message: z.string(),
  healed: z.boolean(),
  contended: z.boolean().optional(),
  fields: z.array(
    z.object({
      path: z.string(),
      desired: z.unknown().optional(),
      live: z.unknown().optional(),
    }),
  ),
  offender: z
    .object({
      manager: z.string(),
      operation: z.string(),
      time: z.string().optional(),
      user: z.string().optional(),
    })
    .nullable(),
})

const allowed = z.object({
  kind: z.string(),
  namespace: z.string(),
  name: z.string(),
  path: z.string(),
  reason: z.string(),
  owner: z.object({ manager: z.string() }).nullable(),
  desired: z.unknown().optional(),
  live: z.unknown().optional(),
})

const failure = z.object({
  code: z.string(),
  text: z.string(),
  subjects: z.array(
    z.object({
      object: z.string().optional(),
      file: z.string().optional(),
      line: z.number().optional(),
      message: z.string(),
    }),
  ),
})

/** An application, as the API answers it; what has not synced yet has little more than a name. */
export const applicationAnswer = z.object({
  name: z.string(),
  syncStatus: z.string().default('Unknown'),
  health: z.string().default('Unknown'),
  revision: z.string().optional(),
  phase: z.string().default(''),
  message: z.string().default('no sync yet'),
  paused: z.object({ by: z.string(), at: z.string() }).optional(),
  syncId: z.string().optional(),
  observedAt: z.string().optional(),
  objects: z
    .array(
      z.object({
        kind: z.string(),
        namespace: z.string(),
        name: z.string(),
        health: z.string(),
        action: z.string(),
        message: z.string(),
      }),
    )
    .default([]),
  drift: z.array(drift).default([]),
  allowed: z.array(allowed).default([]),
  warnings: z.array(z.string()).default([]),
  failure: failure.optional(),
})
export type ApplicationAnswer = z.infer<typeof applicationAnswer>

/** One sync, as the API answers it. */
export const syncAnswer = z.object({
  id: z.string(),
  trigger: z.string(),
  phase: z.string(),
  message: z.string(),
  revision: z.string().optional(),
  author: z.string().optional(),
  subject: z.string().optional(),
  startedAt: z.string(),
  finishedAt: z.string().optional(),
  changes: z
    .array(
      z.object({
        ref: z.object({ kind: z.string(), namespace: z.string(), name: z.string() }),
        action: z.string(),
        message: z.string(),
      }),
    )
    .default([]),
  drift: z
    .array(
      drift.omit({ kind: true, namespace: true, name: true }).extend({
        ref: z.object({ kind: z.string(), namespace: z.string(), name: z.string() }),
      }),
    )
    .default([]),
  allowed: z
    .array(
      allowed.omit({ kind: true, namespace: true, name: true }).extend({
        ref: z.object({ kind: z.string(), namespace: z.string(), name: z.string() }),
      }),
    )
    .default([]),
  failure: failure.optional(),
  warnings: z.array(z.string()).default([]),
})
export type SyncAnswer = z.infer<typeof syncAnswer>

export const applicationsAnswer = z.object({
  applications: z.array(applicationAnswer),
  unconfigured: z.array(z.object({ name: z.string(), cluster: z.string() })).default([]),
})
export type ApplicationsAnswer = z.infer<typeof applicationsAnswer>
export const syncsAnswer = z.object({ syncs: z.array(syncAnswer) })
export const wantedAnswer = z.object({ application: z.string(), wantedAt: z.string() })
