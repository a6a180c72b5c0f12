import type { z } from 'zod'
import { Application, Defaults } from './schema/application.ts'
import { Cluster } from './schema/cluster.ts'
import { Forge } from './schema/forge.ts'
import { DataDir } from './schema/landfall-file.ts'
import { Redis } from './schema/redis.ts'
import { Security } from './schema/security.ts'
import { Server } from './schema/server.ts'

/**
 * What is valid of each entry. A key whose value is not valid is there with undefined, so that
 * later checks neither miss it nor use it.
 */
export type Valid<T> = { readonly [Key in keyof T]?: T[Key] | undefined }

/** The valid part of landfall.yaml, so that one bad value does not hide what else is wrong. */
export interface Sections {
  readonly server: Valid<Server>
  readonly redis: Valid<Redis>
  readonly dataDir: string | undefined
  readonly forges: ReadonlyMap<string, Valid<Forge>>
  readonly clusters: ReadonlyMap<string, Cluster | undefined>
  readonly applications: ReadonlyMap<string, Valid<Application>>
  readonly security: Valid<Security>
  readonly defaults: Valid<Defaults>
}

export function readSections(data: unknown): Sections {
  const root = isMapping(data) ? data : {}
  return {
    server: validKeys(Server, root['server']),
    redis: validKeys(Redis, root['redis']),
    dataDir: DataDir.safeParse(root['dataDir']).data,
    forges: entries(root['forges'], (entry) => validKeys(Forge, entry)),
    clusters: entries(root['clusters'], (entry) => Cluster.safeParse(entry).data),
    applications: entries(root['applications'], (entry) => validKeys(Application, entry)),
    security: validKeys(Security, root['security']),
    defaults: validKeys(Defaults, root['defaults']),
  }
}

function validKeys<S extends z.ZodObject>(schema: S, data: unknown): Valid<z.output<S>> {
  const valid: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(isMapping(data) ? data : {})) {
    const field = schema.shape[key]
    if (field !== undefined) valid[key] = field.safeParse(value).data
  }
  return valid as Valid<z.output<S>>
}

function entries<T>(data: unknown, read: (entry: unknown) => T): Map<string, T> {
  const mapping = isMapping(data) ? data : {}
  return new Map(Object.entries(mapping).map(([key, entry]) => [key, read(entry)]))
}

function isMapping(data: unknown): data is Readonly<Record<string, unknown>> {
  return typeof data === 'object' && data !== null && !Array.isArray(data)
}
