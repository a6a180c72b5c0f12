import type { Application } from './application.ts'
import type { Config } from './settings.ts'

/** Names of applications, by what one configuration did to those of another. */
export interface ConfigChange {
  readonly added: readonly string[]
  readonly removed: readonly string[]
  /** Declared otherwise, or on a cluster that is; a rotated secret alone is no such change. */
  readonly changed: readonly string[]
}

export function compareConfigs(before: Config, after: Config): ConfigChange {
  const names = Array.from(after.applications.keys())
  return {
    added: names.filter((name) => !before.applications.has(name)),
    removed: Array.from(before.applications.keys()).filter((name) => !after.applications.has(name)),
    changed: names.filter((name) => {
      const [old, now] = [declared(before, name), declared(after, name)]
      return old !== undefined && old !== now
    }),
  }
}

// Secrets print as one and the same mask.
function declared({ applications, clusters }: Config, name: string): string | undefined {
  const application: Application | undefined = applications.get(name)
  return application && JSON.stringify([application, clusters.get(application.cluster)])
}
