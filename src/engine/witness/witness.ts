import { asStageError } from '../../domain/error.ts'
import { bareRef, refKey } from '../../domain/kube-object.ts'
import { isIgnored } from '../ignored-field.ts'
import { type AdmissionAnswer, type AdmissionRequest, subjectOf } from './admission-review.ts'
import type { Asked } from './asked.ts'
import { createConfirmation } from './confirm-write.ts'
import { answerHandEdit, pass, type Standing } from './hand-edit.ts'
import { type Judgement, judgeScale, judgeWrite, type Managed } from './judge-write.ts'
import { recordWrite } from './record-write.ts'
import { isOurs, looksLikeOurs } from './requester.ts'
import type { WitnessDeps } from './witness-deps.ts'
import { witnessShell } from './witness-shell.ts'

export interface Witness {
  /** Answers in time whatever happens; never throws. */
  review(what: Asked, request: AdmissionRequest): Promise<AdmissionAnswer>
  stop(): void
}

// The API server waits a second, a person for less.
const standingMs = 200
const writeMs = 100
const readMs = 300

export function createWitness(deps: WitnessDeps): Witness {
  const confirmation = createConfirmation(deps)

  async function review(what: Asked, request: AdmissionRequest): Promise<AdmissionAnswer> {
    if (request.dryRun) return pass
    const asker = await askerOf(request)
    if (asker === 'landfall') return pass
    if (what === 'pods') {
      // A shell is never refused: the answer need not wait for whose pod it is.
      void witnessShell(deps, request).catch((error: unknown) =>
        deps.onTrouble(asStageError(error)),
      )
      return pass
    }
    const found = what === 'scale' ? await lookAtScale(request) : lookAtWrite(request)
    if (found === undefined) return pass
    return conclude(request, asker === 'unknown' ? heldAgainstNobody(found) : found)
  }

  /** A worker that has begun a moment ago may not have been heard of. */
  async function askerOf(request: AdmissionRequest): Promise<'landfall' | 'another' | 'unknown'> {
    if (isOurs(request, deps.users.known())) return 'landfall'
    // What a client calls itself proves nothing: it is asked for once more who Landfall is.
    if (!looksLikeOurs(request)) return 'another'
    const isTold = await within(standingMs, () => deps.users.look())
    if (isOurs(request, deps.users.known())) return 'landfall'
    return isTold === true ? 'another' : 'unknown'
  }

  function lookAtWrite(request: AdmissionRequest): Found | undefined {
    const managed = deps.objects.find(subjectOf(request))
    const judgement = managed && judgeWrite(request, managed)
    if (managed === undefined || judgement === undefined) return undefined
    const { operation, object, oldObject } = request
    return {
      managed,
      judgement,
      object: operation === 'DELETE' ? oldObject : object,
      before: oldObject?.metadata.resourceVersion,
    }
  }

  async function lookAtScale(request: AdmissionRequest): Promise<Found | undefined> {
    const { resource, namespace, name } = request
    const managed = await within(readMs, () =>
      deps.objects.findResource({ ...resource, namespace, name }),
    )
    if (managed === undefined) return undefined
    const live = await within(readMs, () => deps.client.get(bareRef(managed.entry)))
    const judgement = judgeScale(request, managed, live)
    return judgement && { managed, judgement, object: live, before: live?.metadata.resourceVersion }
  }

  async function conclude(request: AdmissionRequest, found: Found): Promise<AdmissionAnswer> {
    const { managed } = found
    const standing = found.judgement.hand === 'none' ? undefined : await standingOf(managed)
    const judgement = withoutUnstable(found.judgement, standing)
    const decision =
      judgement.hand === 'none'
        ? pass
        : answerHandEdit({
            request,
            application: managed.application,
            object: found.object,
            hand: judgement.hand,
            standing,
            linkTo: (origin) => deps.linkTo(managed.application, origin),
          })
    const record = recordWrite({
      request,
      managed,
      judgement,
      decision,
      cluster: deps.cluster,
      mask: deps.mask,
      now: deps.clock.now(),
    })
    // Before the answer, so that the heal that follows finds it; but nobody waits for a Redis that
    // is away.
    await within(writeMs, () => deps.records.add(record))
    if (decision.allowed) confirmation.expect(record, found.before)
    return decision
  }

  function standingOf({ application, entry }: Managed): Promise<Standing | undefined> {
    return within(standingMs, () => deps.standingOf(application.name, refKey(entry)))
  }

  /** undefined: it took longer, or failed; it goes on nevertheless. */
  async function within<T>(ms: number, run: () => Promise<T>): Promise<T | undefined> {
    const { promise: late, resolve } = Promise.withResolvers<undefined>()
    const cancel = deps.timers.after(ms, () => resolve(undefined))
    const result = run().catch((error: unknown) => {
      deps.onTrouble(asStageError(error))
      return undefined
    })
    try {
      return await Promise.race([result, late])
    } finally {
      cancel()
    }
  }

  return {
    async review(what, request) {
      try {
        return await review(what, request)
      } catch (error) {
        deps.onTrouble(asStageError(error))
        return pass
      }
    },
    stop: () => confirmation.stop(),
  }
}

/** What a chart makes otherwise each time is the cluster's: whoever changes it undoes nothing. */
function withoutUnstable(judgement: Judgement, standing: Standing | undefined): Judgement {
  const unstable = standing?.declared?.unstable ?? []
  const { fields } = judgement
  const isLeft = fields.length > 0 && fields.every(({ path }) => isIgnored(path, unstable))
  return isLeft ? { ...judgement, isDrift: false, hand: 'none' } : judgement
}

/** It may be a new worker of Landfall: it is told, and not refused. */
function heldAgainstNobody(found: Found): Found {
  const { judgement } = found
  if (judgement.hand !== 'person') return found
  return { ...found, judgement: { ...judgement, hand: 'account' } }
}

interface Found {
  readonly managed: Managed
  readonly judgement: Judgement
  /** As it will be, or as it was where it goes or is scaled. */
  readonly object: AdmissionRequest['object']
  /** resourceVersion before the write; undefined: not known. */
  readonly before: string | undefined
}
