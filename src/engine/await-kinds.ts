import type { Discovery } from '../cluster/cluster.ts'
import { type ErrorCode, StageError } from '../domain/error.ts'
import { describeRef, type KubeObject, type ObjectRef } from '../domain/kube-object.ts'
import { isRecord } from './canonical-json.ts'
import type { Target } from './target.ts'
import { pause, systemTimers } from './timers.ts'
import { waitForObject } from './wait-for.ts'

const establishedWithinMs = 30_000

// Each API server installs the handler of a new kind by itself, after the CRD says Established:
// 10 s in all.
const servedAfterMs = [50, 100, 200, 400, 800, 1_600, 3_200, 3_650]

/**
 * Waits until the server has accepted a CRD. Throws HEALTH_DEGRADED when its names are another's,
 * HEALTH_TIMEOUT after 30 s.
 */
export async function awaitEstablished(target: Target, crd: ObjectRef): Promise<void> {
  const signal = AbortSignal.any([target.signal, AbortSignal.timeout(establishedWithinMs)])
  const isEstablished = (live: KubeObject | undefined): boolean => {
    const conflict = conditionOf(live, 'NamesAccepted', 'False')
    if (conflict !== undefined) {
      throw new StageError('HEALTH_DEGRADED', `${describeRef(crd)}: ${String(conflict['message'])}`)
    }
    return conditionOf(live, 'Established', 'True') !== undefined
  }
  await waitForObject(target.own, crd, isEstablished, signal)
  target.cluster.discovery.refresh()
}

/**
 * Asks for an object whose kind was defined a moment ago, until the server knows the kind. `codes`:
 * the refusals that may pass.
 */
export async function whenServed<T>(
  { signal, cluster }: Asking,
  ask: () => Promise<T>,
  codes: readonly ErrorCode[] = ['PLAN_UNKNOWN_KIND'],
): Promise<T> {
  for (const ms of servedAfterMs) {
    try {
      return await ask()
    } catch (error) {
      if (!(error instanceof StageError) || !codes.includes(error.code)) throw error
    }
    await pause(systemTimers, ms, signal)
    signal.throwIfAborted()
    cluster.discovery.refresh()
  }
  return ask()
}

interface Asking {
  readonly signal: AbortSignal
  readonly cluster: { readonly discovery: Pick<Discovery, 'refresh'> }
}

function conditionOf(
  crd: KubeObject | undefined,
  type: string,
  status: 'True' | 'False',
): Record<string, unknown> | undefined {
  const state = crd?.['status']
  const conditions = isRecord(state) ? state['conditions'] : undefined
  if (!Array.isArray(conditions)) return undefined
  return conditions
    .filter(isRecord)
    .find((condition) => condition['type'] === type && condition['status'] === status)
}
