import { clusterCheck } from './check-clusters.ts'
import { diskCheck } from './check-disk.ts'
import { forgeCheck } from './check-forges.ts'
import { gitCheck } from './check-git.ts'
import { nodeCheck } from './check-node.ts'
import { redisCheck } from './check-redis.ts'
import { rendererCheck } from './check-renderers.ts'
import { webhookCheck } from './check-webhooks.ts'
import { witnessCheck } from './check-witnesses.ts'
import { type Check, type Finding, failed, type Patient } from './finding.ts'

/** Everything that is looked at, in the order it is told. */
const checks: readonly Check[] = [
  nodeCheck,
  gitCheck,
  rendererCheck,
  diskCheck,
  redisCheck,
  clusterCheck,
  witnessCheck,
  forgeCheck,
  webhookCheck,
]

/** All at once; a check that fails is a finding, and holds up no other. */
export async function examine(
  patient: Patient,
  looked: readonly Check[] = checks,
): Promise<readonly Finding[]> {
  const findings = await Promise.all(
    looked
      .filter(({ roles }) => isNeeded(patient, roles))
      .map(async (check) => {
        try {
          return await check.look(patient)
        } catch (error) {
          return [failed(check.name, error)]
        }
      }),
  )
  return findings.flat()
}

function isNeeded({ role }: Patient, roles: Check['roles']): boolean {
  return roles === undefined || role === undefined || roles.includes(role)
}
