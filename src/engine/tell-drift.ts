import type { Drift, DriftField } from '../domain/drift.ts'
import type { KubeObject, ObjectRef } from '../domain/kube-object.ts'
import type { ExtraField } from './extra-fields.ts'
import type { MaskField } from './mask-secret.ts'
import type { FieldDifference } from './object-diff.ts'
import { offenderOf, toOffender } from './offender.ts'

/** Fields that Git declares and the live object has otherwise; `before` is the live value. */
export function tellDeclared(
  live: KubeObject,
  ref: ObjectRef,
  differences: readonly FieldDifference[],
  mask: MaskField,
): Drift {
  const fields = differences.map(
    ({ path, before, after }): DriftField => ({
      path,
      desired: mask(ref, path, after),
      live: mask(ref, path, before),
    }),
  )
  const offenders = differences.flatMap(({ path, before }) => {
    const offender = before === undefined ? null : offenderOf(live, path)
    return offender === null ? [] : [offender]
  })
  const offender =
    offenders.toSorted((a, b) => (b.time ?? '').localeCompare(a.time ?? ''))[0] ?? null
  const message = `${fields.map((field) => field.path).join(', ')} changed by ${
    offender === null ? 'someone unknown; Kubernetes records no author' : offender.manager
  }`
  return { ref, type: 'declared', fields, offender, message, healed: false }
}

/** Fields that a person added and Git does not have. */
export function tellExtra(ref: ObjectRef, extras: readonly ExtraField[], mask: MaskField): Drift {
  const newest = extras
    .map((extra) => extra.owner)
    .toSorted((a, b) => (b.time ?? '').localeCompare(a.time ?? ''))[0]
  const offender = newest === undefined ? null : toOffender(newest)
  const fields = extras.map(
    ({ pointer, value }): DriftField => ({
      path: pointer,
      desired: undefined,
      live: mask(ref, pointer, value),
    }),
  )
  const message = `${fields.map((field) => field.path).join(', ')} added by ${offender?.manager ?? 'someone unknown'}`
  return { ref, type: 'extra', fields, offender, message, healed: false }
}

/** The object is gone. `seenAt`: when Landfall last knew it to be there, ISO 8601. */
export function tellMissing(ref: ObjectRef, seenAt: string | undefined, now: string): Drift {
  const since = seenAt === undefined ? `before ${now}` : `between ${seenAt} and ${now}`
  return {
    ref,
    type: 'missing',
    fields: [],
    offender: null,
    message: `deleted ${since}; Kubernetes records no author`,
    healed: false,
  }
}
