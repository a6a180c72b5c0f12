import type { ManagerRule } from '../domain/application.ts'
import type { Desired } from '../domain/change.ts'
import type { Drift } from '../domain/drift.ts'
import { StageError } from '../domain/error.ts'
import type { InventoryEntry } from '../domain/inventory.ts'
import { type KubeObject, refKey } from '../domain/kube-object.ts'
import type { Contention } from './contended.ts'
import { readDirectives } from './directive.ts'
import { isToBeTakenBack, refuseForeign } from './foreign-owner.ts'
import { ignoredPointers, isIgnored } from './ignored-field.ts'
import { mapInFlight, requestsInFlight } from './in-flight.ts'
import { diffObjects, type FieldDifference } from './object-diff.ts'
import { isDeclaredIn } from './offender.ts'
import { payloadFor, toleratedPointers } from './payload.ts'
import { defines } from './place-objects.ts'
import { removesItself } from './removes-itself.ts'
import { isToBeScaledAgain } from './stale-scale.ts'
import type { Target } from './target.ts'
import { tellDeclared, tellExtra, tellMissing } from './tell-drift.ts'
import { type Baseline, baselineOf, judge, sight, type Verdict } from './verdict.ts'

/** One object that is not as Git wants it, and what a heal has to do about it. */
export interface Finding {
  readonly desired: Desired
  readonly live: KubeObject | undefined
  readonly heal: 'apply' | 'adopt' | 'remove-extras' | 'wait'
  /** undefined: its fields are known only from the answer of the heal. */
  readonly drift: Drift | undefined
}

/** Versions found to be as Git wants them since the last apply, by uid: a short memory. */
export type Judged = Map<string, Judgement>

export interface Judgement extends Baseline {
  /** resourceVersion of the inventory's entry it builds on: another worker may have applied since. */
  readonly since: string
}

export interface InspectInput {
  readonly kept: readonly { readonly desired: Desired; readonly entry: InventoryEntry }[]
  readonly live: ReadonlyMap<string, KubeObject>
  readonly judged: Judged
  /** When the cluster was last known to be right, and now; ISO 8601. */
  readonly seenAt: string | undefined
  /** What the last look found and did not heal. */
  readonly known: readonly Drift[]
  readonly contention: Contention
  readonly now: string
  /** Ask the server of what managedFields call clean, too: some changes leave no trace in them. */
  readonly isThorough: boolean
}

/**
 * What of the kept objects has drifted. Reads managedFields first; asks the server, one dry-run an
 * object, only where those cannot tell, or where the fields must be known before a heal.
 */
export async function inspectDrift(target: Target, input: InspectInput): Promise<Finding[]> {
  const findings = await mapInFlight(input.kept, requestsInFlight, async (kept) => {
    try {
      return hold(target, input, await inspectOne(target, input, kept))
    } catch (error) {
      return refused(kept.desired, error)
    }
  })
  return findings.filter((finding) => finding !== undefined)
}

/** What somebody sets again after each heal is told, and not healed. */
function hold(
  { application }: Target,
  { contention }: InspectInput,
  finding: Finding | undefined,
): Finding | undefined {
  if (finding?.drift === undefined || application.sync.drift === 'report') return finding
  const held = contention.held(finding.drift)
  return held === undefined ? finding : { ...finding, heal: 'wait', drift: held }
}

/** An object that the server refuses to compare is told, and keeps no other from being healed. */
function refused(desired: Desired, error: unknown): Finding {
  if (!(error instanceof StageError)) throw error
  if (error.retry.kind !== 'never' && error.code !== 'PLAN_UNKNOWN_KIND') throw error
  const isForeign = error.code === 'PLAN_OWNED_BY_OTHER'
  const message = isForeign ? error.text : `cannot be compared: ${error.text}`
  const drift: Drift = {
    ref: desired.ref,
    type: 'declared',
    fields: [],
    offender: null,
    message,
    healed: false,
  }
  return { desired, live: undefined, heal: 'wait', drift }
}

async function inspectOne(
  target: Target,
  input: InspectInput,
  { desired, entry }: { desired: Desired; entry: InventoryEntry },
): Promise<Finding | undefined> {
  // Not in the list may also mean that somebody took our label off.
  const live = input.live.get(refKey(desired.ref)) ?? (await readLive(target, input, desired))
  const ignored = ignoredPointers(target.application.ignore, desired.ref)
  const baseline = baselineFor(live, input, entry)
  const rules = target.application.managers
  const seen = verdictOn(live, desired, { baseline, ignored, rules })
  if (isLeaving(seen) && removesItself(desired.object)) return undefined
  if (live === undefined || seen.kind === 'missing') {
    return { desired, live: undefined, heal: 'apply', drift: missing(input, desired) }
  }
  const { judged, isThorough, contention } = input
  if (readDirectives(desired.object).sync === 'if-not-present') {
    remember(judged, live, { futile: sight(live, ignored, rules).extras, entry })
    return undefined
  }
  const verdict: Verdict = (await isToBeTakenBack(target, live)) ? { kind: 'lost' } : seen
  const isFrequent = contention.isFrequent(desired.ref)
  const futile = baseline.futileExtras
  const look = { desired, entry, futile, live, verdict, ignored, judged, isFrequent, isThorough }
  return findInLive(target, look)
}

function baselineFor(
  live: KubeObject | undefined,
  { judged }: InspectInput,
  entry: InventoryEntry,
): Baseline {
  const remembered = judged.get(live?.metadata.uid ?? '')
  return remembered?.since === entry.resourceVersion ? remembered : entry
}

function isLeaving({ kind }: Verdict): boolean {
  return kind === 'missing' || kind === 'terminating'
}

interface Standards {
  readonly baseline: Baseline
  readonly ignored: readonly string[]
  readonly rules: readonly ManagerRule[]
}

function verdictOn(
  live: KubeObject | undefined,
  desired: Desired,
  { baseline, ignored, rules }: Standards,
): Verdict {
  const verdict = judge(live, baseline, ignored, rules)
  if (verdict.kind !== 'clean' || live === undefined || ignored.includes('/spec/replicas')) {
    return verdict
  }
  return isToBeScaledAgain(desired, live, rules) ? { kind: 'lost' } : verdict
}

/** An object whose kind is gone is gone, too; where the kind comes back, so does the object. */
async function readLive(
  target: Target,
  { kept }: InspectInput,
  { ref }: Desired,
): Promise<KubeObject | undefined> {
  try {
    return await target.client.get(ref)
  } catch (error) {
    const isKindGone = error instanceof StageError && error.code === 'PLAN_UNKNOWN_KIND'
    if (isKindGone && kept.some(({ desired }) => defines(desired.object, ref))) return undefined
    throw error
  }
}

/** Since when it is gone stays as it was first told. */
function missing({ known, seenAt, now }: InspectInput, { ref }: Desired): Drift {
  const told = known.find((drift) => drift.type === 'missing' && refKey(drift.ref) === refKey(ref))
  return told ?? tellMissing(ref, seenAt, now)
}

interface Look {
  readonly desired: Desired
  readonly entry: InventoryEntry
  /** Hash of extra fields that are known to come back. */
  readonly futile: string | undefined
  readonly live: KubeObject
  readonly verdict: Verdict
  readonly ignored: readonly string[]
  readonly judged: Judged
  /** Healed so often lately that a heal must know its fields first. */
  readonly isFrequent: boolean
  readonly isThorough: boolean
}

async function findInLive(target: Target, look: Look): Promise<Finding | undefined> {
  const { desired, live, verdict } = look
  switch (verdict.kind) {
    case 'missing':
      return undefined
    case 'clean':
      return look.isThorough ? askServer(target, look, { heal: 'apply', always: false }) : undefined
    case 'terminating':
      return going(desired, live)
    case 'extra': {
      const drift = tellExtra(desired.ref, verdict.fields, target.mask)
      return { desired, live, heal: 'remove-extras', drift }
    }
    case 'unowned':
      await refuseForeign(target, live)
      return askServer(target, look, { heal: 'adopt', always: true })
    case 'lost':
      return mustAsk(target, look)
        ? askServer(target, look, { heal: 'apply', always: false })
        : { desired, live, heal: 'apply', drift: undefined }
    case 'suspect':
      return askServer(target, look, { heal: 'apply', always: false })
  }
}

function going(desired: Desired, live: KubeObject): Finding {
  const drift = tellMissing(desired.ref, undefined, live.metadata.deletionTimestamp ?? '')
  const message = 'is being deleted; it is made again when it is gone'
  return { desired, live, heal: 'wait', drift: { ...drift, message } }
}

/** Whether the fields must be known before a heal: there may be nothing to heal. */
function mustAsk(target: Target, { live, ignored, isFrequent }: Look): boolean {
  const { sync, managers } = target.application
  const isTolerant = toleratedPointers(live, ignored, managers).length > 0
  return sync.drift === 'report' || isFrequent || isTolerant
}

/** Asks the server which declared fields an apply would change. */
async function askServer(
  target: Target,
  look: Look,
  { heal, always }: { heal: 'apply' | 'adopt'; always: boolean },
): Promise<Finding | undefined> {
  const { desired, live, ignored, verdict } = look
  const rules = target.application.managers
  const payload = payloadFor(desired, live, ignored, rules)
  const { object: predicted } = await target.client.apply(payload, { dryRun: true })
  const found = untolerated(live, predicted, { ignored, rules })
  // A webhook may answer otherwise each time: where nobody has touched the object, that is no drift.
  const differences = verdict.kind === 'clean' ? declaredOf(found, live, predicted) : found
  if (differences.length === 0 && !always) {
    remember(look.judged, live, look)
    return undefined
  }
  const drift =
    differences.length === 0 ? undefined : tellDeclared(live, desired.ref, differences, target.mask)
  return { desired, live, heal, drift }
}

function remember(
  judged: Judged,
  live: KubeObject,
  { futile, entry }: Pick<Look, 'futile' | 'entry'>,
): void {
  judged.set(live.metadata.uid ?? '', {
    ...baselineOf(live),
    ...(futile === undefined ? {} : { futileExtras: futile }),
    since: entry.resourceVersion,
  })
}

/** A path has the index of a list item in `live`, or in `predicted` where only that has it. */
function declaredOf(
  differences: readonly FieldDifference[],
  live: KubeObject,
  predicted: KubeObject,
): readonly FieldDifference[] {
  if (differences.length === 0) return differences
  const [isDeclared, isToBe] = [isDeclaredIn(live), isDeclaredIn(predicted)]
  return differences.filter(({ path }) => isDeclared(path) || isToBe(path))
}

/** Differences that matter: not ignored by rule, not left to an autoscaler. */
export function untolerated(
  live: KubeObject,
  predicted: KubeObject,
  {
    ignored,
    rules,
  }: { readonly ignored: readonly string[]; readonly rules: readonly ManagerRule[] },
): FieldDifference[] {
  const tolerated = toleratedPointers(live, ignored, rules)
  return diffObjects(live, predicted).filter(({ path }) => !isIgnored(path, tolerated))
}
