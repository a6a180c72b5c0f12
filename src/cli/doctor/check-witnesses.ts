import type { Config, WitnessSettings } from '../../domain/settings.ts'
import {
  endpointText,
  type InstalledWitness,
  lookAtWitness,
} from '../../engine/witness/installation.ts'
import { withWitness } from '../with-witness.ts'
import { type Check, type Finding, failed, ok, problem, warning } from './finding.ts'

const soonMs = 7 * 86_400_000

/** Each witness: whether the API server is told to ask it, and how long its certificate lasts. */
export const witnessCheck: Check = {
  name: 'witnesses',
  roles: ['witness'],
  async look({ config, clock, signal }) {
    const looks = Array.from(config.witnesses.values(), (settings) =>
      lookAt(config, settings, { now: clock.now(), signal }),
    )
    return Promise.all(looks)
  },
}

async function lookAt(
  config: Config,
  settings: WitnessSettings,
  { now, signal }: { readonly now: number; readonly signal: AbortSignal },
): Promise<Finding> {
  const about = `witness of ${settings.cluster}`
  try {
    const ctx = { cwd: '.', stopped: signal }
    return findingOf(about, settings, {
      now,
      found: await withWitness(ctx, { config, settings }, lookAtWitness),
    })
  } catch (error) {
    return failed(about, error)
  }
}

function findingOf(
  about: string,
  { endpoint }: WitnessSettings,
  { now, found }: { readonly now: number; readonly found: InstalledWitness | undefined },
): Finding {
  const install = 'run: landfall witness install'
  if (found === undefined) return warning(about, 'the API server is not told to ask it', install)
  const { fault, certificateEnds } = found
  if (fault !== undefined) return problem(about, fault, install)
  if (certificateEnds !== undefined && certificateEnds.getTime() - now < soonMs) {
    const text = `its certificate ends at ${certificateEnds.toISOString()}`
    return problem(about, text, 'see why the witness does not renew it: its log, its rights')
  }
  return ok(about, `the API server is told to ask it at ${endpointText(endpoint)}`)
}
