import type { Config, ForgeSettings } from '../../domain/settings.ts'
import { createAppTokens } from '../../forge/app-tokens.ts'
import { examineToken } from '../../forge/examine-token.ts'
import type { TokenReport } from '../../forge/token-report.ts'
import { clockFinding } from './clock-finding.ts'
import { type Check, type Finding, failed, ok, type Patient, problem, warning } from './finding.ts'

const soonMs = 14 * 86_400_000

/** The token of each forge: whether it is taken, what it may do, and for how long. */
export const forgeCheck: Check = {
  name: 'forges',
  roles: ['worker'],
  async look(patient) {
    const forges = Array.from(patient.config.forges.values())
    return (await Promise.all(forges.map((forge) => lookAt(forge, patient)))).flat()
  },
}

async function lookAt(forge: ForgeSettings, patient: Patient): Promise<readonly Finding[]> {
  const about = `forge ${forge.key}`
  if (forge.token === undefined && forge.app === undefined) {
    const mend = `give it one, forges.${forge.key}.token, or leave it if nobody reads statuses`
    return [warning(about, 'no token, so no commit statuses are posted', mend)]
  }
  try {
    const { fetch, clock } = patient
    const appToken = createAppTokens({ fetch, clock, onToken() {} }).tokenOf
    const repos = reposOf(patient.config, forge.key)
    const report = await examineToken(forge, repos, { fetch, clock, appToken })
    return tokenFindings(about, report, patient.clock.now())
  } catch (error) {
    return [failed(about, error)]
  }
}

export function tokenFindings(
  about: string,
  { faults, expiresAt, clockSkewMs }: TokenReport,
  now: number,
): readonly Finding[] {
  const mend = 'make a token with the rights that docs/forges names, and configure it'
  return [
    ...(faults.length === 0 ? [ok(about, 'the token may read and report')] : []),
    ...faults.map((fault) => problem(about, fault, mend)),
    ...expiryFindings(about, expiresAt, now),
    ...(clockSkewMs === undefined ? [] : [clockFinding(about, clockSkewMs)]),
  ]
}

function expiryFindings(about: string, expiresAt: number | undefined, now: number): Finding[] {
  if (expiresAt === undefined || expiresAt - now > soonMs) return []
  const text = `the token expires on ${new Date(expiresAt).toISOString().slice(0, 10)}`
  return [warning(about, text, 'make a new one; in a file it takes effect without a restart')]
}

function reposOf({ applications }: Config, forge: string): readonly string[] {
  const its = Array.from(applications.values()).filter((application) => application.forge === forge)
  return Array.from(new Set(its.map(({ repo }) => repo)))
}
