import type { Patient } from '../../src/cli/doctor/finding.ts'
import { systemClock } from '../../src/domain/clock.ts'
import type { Role } from '../../src/domain/role.ts'
import type { Config } from '../../src/domain/settings.ts'
import { aConfig } from './a-config.ts'

/** What `landfall doctor` looks at, for a test to change what it is about. */
export function aPatient(config: Partial<Config> = {}, role?: Role): Patient {
  return {
    config: aConfig(config),
    env: process.env,
    tools: { kustomize: undefined, helm: undefined },
    fetch,
    clock: systemClock,
    role,
    signal: new AbortController().signal,
  }
}
