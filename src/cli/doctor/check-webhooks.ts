import type { Config, ForgeSettings } from '../../domain/settings.ts'
import { createDeliveryLog, type LastDeliveries } from '../../queue/delivery-log.ts'
import { createKeys } from '../../queue/keys.ts'
import { type Check, type Finding, ok, type Patient, problem, warning } from './finding.ts'
import { withRedis } from './with-redis.ts'

const reachMs = 10_000

/** Whether forges can reach the receiver, and whether their deliveries come. */
export const webhookCheck: Check = {
  name: 'webhooks',
  roles: ['receiver'],
  async look(patient) {
    if (patient.config.forges.size === 0) return []
    return [await reachFinding(patient), ...(await deliveryFindings(patient))]
  },
}

async function reachFinding({ config, fetch, signal }: Patient): Promise<Finding> {
  const { publicUrl } = config.server
  if (publicUrl === undefined) {
    const mend = 'set it to the URL that forges and people reach Landfall at'
    return warning('webhooks', 'server.publicUrl is not set: statuses carry no link', mend)
  }
  const mend = `see that an instance runs, and that its name, TLS and proxy lead ${publicUrl} to it`
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(reachMs)])
    const answer = await fetch(`${publicUrl}/healthz`, { signal: limit, redirect: 'manual' })
    const body: unknown = await answer.json().catch(() => undefined)
    if (answer.status === 200 && isAlive(body)) return ok('webhooks', `${publicUrl} answers`)
    return problem(
      'webhooks',
      `${publicUrl}/healthz is answered ${answer.status}, not by Landfall`,
      mend,
    )
  } catch (error) {
    const { message, cause } = error as Error
    const reason = cause instanceof Error ? cause.message : message
    return problem('webhooks', `${publicUrl} does not answer from here: ${reason}`, mend)
  }
}

function isAlive(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'alive' in body && body.alive === true
}

async function deliveryFindings({ config, clock }: Patient): Promise<readonly Finding[]> {
  const read = (forge: ForgeSettings) => readLast(config, forge)
  const findings = Array.from(config.forges.values(), async (forge) => {
    const last = await read(forge).catch(() => undefined)
    return lastFindings(forge, last, clock.now())
  })
  return (await Promise.all(findings)).flat()
}

function readLast(config: Config, { key, webhookSecrets }: ForgeSettings) {
  return withRedis(config, (redis) =>
    createDeliveryLog(redis, createKeys()).read(key, webhookSecrets),
  )
}

export function lastFindings(
  { key, webhookSecrets }: Pick<ForgeSettings, 'key' | 'webhookSecrets'>,
  deliveries: LastDeliveries | undefined,
  now: number,
): readonly Finding[] {
  const about = `webhooks of ${key}`
  if (deliveries?.last === undefined) {
    const mend = `make a webhook for POST /webhooks/${key}; until then only the sweep deploys`
    return [warning(about, 'no delivery is known that was verified', mend)]
  }
  const latest = ok(about, `a delivery was verified ${ago(now - deliveries.last)}`)
  if (webhookSecrets.length < 2) return [latest]
  const bySecret = deliveries.bySecret.map((at, index) => {
    const name = `webhookSecret[${index}]`
    return at === undefined
      ? ok(about, `${name} verified nothing yet`)
      : ok(about, `${name} verified a delivery ${ago(now - at)}`)
  })
  return [latest, ...bySecret]
}

function ago(ms: number): string {
  const minutes = Math.floor(ms / 60_000)
  if (minutes < 2) return 'less than two minutes ago'
  if (minutes < 120) return `${minutes} minutes ago`
  const hours = Math.floor(minutes / 60)
  return hours < 48 ? `${hours} hours ago` : `${Math.floor(hours / 24)} days ago`
}
