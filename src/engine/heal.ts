import type { Desired } from '../domain/change.ts'
import type { Drift } from '../domain/drift.ts'
import { asStageError, type StageError } from '../domain/error.ts'
import { type KubeObject, refKey } from '../domain/kube-object.ts'
import { healAdopting } from './adopt-object.ts'
import { whenServed } from './await-kinds.ts'
import { asOf } from './claim-object.ts'
import { ignoredPointers } from './ignored-field.ts'
import { requestsInFlight } from './in-flight.ts'
import { type Finding, type Judged, untolerated } from './inspect-drift.ts'
import { isDeclared } from './offender.ts'
import { orderGraph } from './order/order-graph.ts'
import { runSchedule } from './order/run-schedule.ts'
import { createSchedule } from './order/schedule.ts'
import { payloadFor } from './payload.ts'
import { defines, partOfLabel } from './place-objects.ts'
import { removeExtras } from './remove-extras.ts'
import type { Target } from './target.ts'
import { tellDeclared, tellExtra } from './tell-drift.ts'
import { baselineOf, extraFieldsOf, hashExtras } from './verdict.ts'

export interface Healing {
  readonly finding: Finding
  readonly drift: readonly Drift[]
  /** The object after the heal; undefined when it failed or has to wait. */
  readonly live: KubeObject | undefined
  readonly error: StageError | undefined
}

/**
 * Makes drifted objects as Git wants them again, what others need before them. One object's failure
 * stops no other.
 */
export async function healFindings(
  target: Target,
  findings: readonly Finding[],
  judged: Judged,
): Promise<Healing[]> {
  const results: Healing[] = []
  const byKey = new Map(findings.map((finding) => [refKey(finding.desired.ref), finding]))
  const heal = async (finding: Finding): Promise<Healing> => {
    try {
      target.signal.throwIfAborted()
      const healing = await healOne(target, finding, findings)
      remember(target, healing, judged)
      return healing
    } catch (error) {
      const drift = finding.drift === undefined ? [] : [finding.drift]
      return { finding, drift, live: undefined, error: asStageError(error) }
    }
  }
  const schedule = createSchedule(orderGraph(findings.map(({ desired }) => desired)))
  await runSchedule(schedule, requestsInFlight, async ({ node }) => {
    const finding = byKey.get(node.key)
    if (finding !== undefined) results.push(await heal(finding))
    return 'success'
  })
  return results
}

async function healOne(
  target: Target,
  finding: Finding,
  all: readonly Finding[],
): Promise<Healing> {
  const { desired, drift } = finding
  const known = drift === undefined ? [] : [drift]
  if (finding.heal === 'wait') return { finding, drift: known, live: undefined, error: undefined }
  const ignored = ignoredPointers(target.application.ignore, desired.ref)
  const applied =
    finding.heal === 'remove-extras' && finding.live !== undefined
      ? { live: finding.live, drift: [] }
      : await applyAgain(target, finding, { ignored, all })
  const { live, removed } = await removeExtras(target, desired.ref, applied.live, ignored)
  const extras = removed.length === 0 ? [] : [tellExtra(desired.ref, removed, target.mask)]
  const told = drift?.type === 'missing' ? known : [...applied.drift, ...extras]
  return {
    finding,
    drift: told.map((item) => ({ ...item, healed: true })),
    live,
    error: undefined,
  }
}

/**
 * What was written has its new baseline in the inventory. A removal that changed nothing has none:
 * it is remembered, so that it is not tried at every look.
 */
function remember(target: Target, { finding, live, drift }: Healing, judged: Judged): void {
  const uid = live?.metadata.uid
  if (live === undefined || uid === undefined) return
  judged.delete(uid)
  if (finding.heal !== 'remove-extras' || drift.length > 0) return
  const ignored = ignoredPointers(target.application.ignore, finding.desired.ref)
  const futileExtras = hashExtras(extraFieldsOf(live, ignored, target.application.managers))
  const baseline = baselineOf(live)
  judged.set(uid, { ...baseline, futileExtras, since: baseline.resourceVersion })
}

async function applyAgain(
  target: Target,
  finding: Finding,
  { ignored, all }: { readonly ignored: readonly string[]; readonly all: readonly Finding[] },
): Promise<{ live: KubeObject; drift: readonly Drift[] }> {
  const { desired } = finding
  if (finding.live === undefined) return { live: await makeAgain(target, desired, all), drift: [] }
  const rules = target.application.managers
  const payload = (before: KubeObject | undefined): KubeObject =>
    payloadFor(desired, before, ignored, rules)
  // Who wrote what stands in the managedFields read before the heal.
  const before = finding.live
  const { object: live } =
    finding.heal === 'adopt'
      ? await healAdopting(target, desired.ref, before, payload)
      : await target.client.apply(
          isAnothers(target, before) ? asOf(before, payload) : payload(before),
        )
  // Others may have written since it was read: what is not ours they did, and it stays.
  const differences = untolerated(before, live, { ignored, rules }).filter(({ path }) =>
    isDeclared(live, path),
  )
  if (differences.length === 0) return { live, drift: [] }
  return { live, drift: [tellDeclared(before, desired.ref, differences, target.mask)] }
}

function isAnothers({ partOf }: Target, live: KubeObject): boolean {
  return (live.metadata.labels?.[partOfLabel] ?? partOf) !== partOf
}

/** Its kind may have been deleted with it, and made again a moment ago. */
async function makeAgain(
  target: Target,
  { ref, object }: Desired,
  all: readonly Finding[],
): Promise<KubeObject> {
  const isNew = all.some(({ live, desired }) => live === undefined && defines(desired.object, ref))
  const apply = () => target.client.apply(asOf(undefined, () => object))
  return (await (isNew ? whenServed(target, apply) : apply())).object
}
