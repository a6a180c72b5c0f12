import { resolve } from 'node:path'
import { createCluster } from '../cluster/create-cluster.ts'
import { systemClock } from '../domain/clock.ts'
import { StageError } from '../domain/error.ts'
import { ownNamespace } from '../domain/own-namespace.ts'
import type { ClusterSettings, Config, WitnessSettings } from '../domain/settings.ts'
import type { InstallationDeps } from '../engine/witness/installation.ts'
import { ownUsers } from '../engine/witness/own-users.ts'
import type { CliContext } from './context.ts'
import { readVersion } from './version.ts'

export interface ChosenWitness {
  readonly config: Config
  readonly settings: WitnessSettings
  /** Whose rights to use, instead of those of the configuration. */
  readonly kubeconfig?: string | undefined
  readonly context?: string | undefined
}

/** As whom a worker writes that runs as deploy/ has it. */
const shippedWorker = `system:serviceaccount:${ownNamespace}:landfall-worker`

/** Lends all that the installation of a witness needs. */
export async function withWitness<T>(
  ctx: Pick<CliContext, 'cwd' | 'stopped'>,
  chosen: ChosenWitness,
  use: (deps: InstallationDeps) => Promise<T>,
): Promise<T> {
  const { config, settings } = chosen
  const cluster = createCluster(accessOf(ctx.cwd, chosen), { version: readVersion() })
  const applications = Array.from(config.applications.values()).filter(
    ({ cluster: name }) => name === settings.cluster,
  )
  try {
    const own = chosen.kubeconfig === undefined ? await cluster.user() : await workerOf(chosen)
    return await use({
      client: cluster.as(undefined, ctx.stopped),
      namespace: ownNamespace,
      settings,
      applications,
      users: ownUsers(applications, [own]),
      now: systemClock.now(),
    })
  } finally {
    await cluster.close()
  }
}

/** As whom Landfall writes, where the installer is somebody else. */
async function workerOf({ config, settings }: ChosenWitness): Promise<string> {
  const access = config.clusters.get(settings.cluster)
  if (access?.kind !== 'kubeconfig') return shippedWorker
  const cluster = createCluster(access, { version: readVersion() })
  try {
    return await cluster.user()
  } finally {
    await cluster.close()
  }
}

function accessOf(
  cwd: string,
  { config, settings, kubeconfig, context }: ChosenWitness,
): ClusterSettings {
  const name = settings.cluster
  if (kubeconfig !== undefined) {
    return { name, kind: 'kubeconfig', file: resolve(cwd, kubeconfig), context }
  }
  const access = config.clusters.get(name)
  if (access !== undefined) return access
  throw new StageError('CONFIG_INVALID', `no cluster ${name} is configured`)
}
