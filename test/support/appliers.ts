import type { AuditEvent } from './audit-trail.ts'

const writes = new Set(['create', 'update', 'patch', 'delete'])

/**
 * I3: writes to an application's objects by a worker that was not its last to write the fence, its
 * inventory. What was sent before the other one fenced counts as in flight. Workers are told apart
 * by User-Agent; an object's name begins with its application's.
 */
export function secondAppliers(
  events: readonly AuditEvent[],
  applications: readonly string[],
): string[] {
  const fences = new Map<string, Fence>()
  const breaches: string[] = []
  for (const event of events.filter(isWritten).toSorted(byAnswer)) {
    const name = event.objectRef?.name ?? ''
    const fenced = applications.find((application) => name === `landfall-${application}`)
    const owner = applications.find((application) => name.startsWith(`${application}-`))
    if (fenced !== undefined) fence(fences, fenced, event)
    else if (owner !== undefined) breaches.push(...breachOf(fences.get(owner), event))
  }
  return breaches
}

interface Fence {
  readonly agent: string | undefined
  readonly since: string
}

function fence(fences: Map<string, Fence>, application: string, event: AuditEvent): void {
  const { userAgent: agent, stageTimestamp: since } = event
  if (fences.get(application)?.agent !== agent) fences.set(application, { agent, since })
}

function breachOf(held: Fence | undefined, event: AuditEvent): string[] {
  const { verb, objectRef, userAgent, requestReceivedTimestamp } = event
  if (held === undefined || held.agent === userAgent) return []
  if (requestReceivedTimestamp <= held.since) return []
  return [`${verb} ${objectRef?.name} by ${userAgent} while ${held.agent} held the fence`]
}

function isWritten({ verb, requestURI, responseStatus }: AuditEvent): boolean {
  const code = responseStatus?.code ?? 0
  return writes.has(verb) && code < 300 && !requestURI.includes('dryRun=All')
}

function byAnswer(one: AuditEvent, other: AuditEvent): number {
  return one.stageTimestamp < other.stageTimestamp ? -1 : 1
}
