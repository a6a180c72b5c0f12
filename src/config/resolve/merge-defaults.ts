import type { Path } from '../problem.ts'
import type { Application, Defaults } from '../schema/application.ts'
import type { HealthRules } from '../schema/health.ts'
import type { Valid } from '../sections.ts'

/** One application with the defaults under it, and where each of its keys is written. */
export interface Declared {
  readonly name: string
  readonly values: Valid<Application>
  /** Whether the key is written, valid or not, in either place. */
  has(key: keyof Application): boolean
  /** Path of a key: under `defaults` when only they have it. */
  at(key: keyof Application): Path
}

/**
 * sync, allow and report merge key by key, health kind by kind, any other key of the application
 * wins as a whole.
 */
export function mergeDefaults(
  name: string,
  application: Valid<Application>,
  defaults: Valid<Defaults>,
): Declared {
  const own: Path = ['applications', name]
  const values: Valid<Application> = {
    ...defaults,
    ...application,
    sync: { ...defaults.sync, ...application.sync },
    allow: { ...defaults.allow, ...application.allow },
    report: { ...defaults.report, ...application.report },
    health: mergeRules(application.health ?? [], defaults.health ?? []),
  }
  return {
    name,
    values,
    has: (key) => key in application || key in defaults,
    at: (key) => (key in application || !(key in defaults) ? [...own, key] : ['defaults', key]),
  }
}

function mergeRules(own: HealthRules, common: HealthRules): HealthRules {
  const kinds = new Set(own.map(({ kind }) => kind))
  return [...own, ...common.filter(({ kind }) => !kinds.has(kind))]
}
