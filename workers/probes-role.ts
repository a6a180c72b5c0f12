import type { Parts, ServingRole } from './running-role.ts'
import { startProbes } from './start-probes.ts'

/** Probes and metrics are the same whatever is configured. */
export async function runProbes({ config, ...rest }: Parts): Promise<ServingRole> {
  const { url, close } = await startProbes({ ...rest, settings: config.server })
  return { url, close, prepare: async () => () => {} }
}
