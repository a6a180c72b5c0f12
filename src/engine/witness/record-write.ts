import type { ObjectRef } from '../../domain/kube-object.ts'
import { bareRef } from '../../domain/kube-object.ts'
import type { WitnessedField, WitnessedVerb, WitnessRecord } from '../../domain/witness-record.ts'
import type { MaskField } from '../mask-secret.ts'
import type { AdmissionRequest } from './admission-review.ts'
import type { Decision } from './hand-edit.ts'
import type { Judgement, Managed } from './judge-write.ts'
import { managerOf } from './requester.ts'

interface Told {
  readonly request: AdmissionRequest
  readonly managed: Managed
  readonly judgement: Judgement
  readonly decision: Decision
  readonly cluster: string
  readonly mask: MaskField
  /** ms since epoch. */
  readonly now: number
}

const mostFields = 20
const longestValue = 500

/** What a write is remembered by: values of Secrets are marks, long ones are cut. */
export function recordWrite(told: Told): WitnessRecord {
  const { request, managed, judgement, decision, cluster, mask, now } = told
  const ref = bareRef(managed.entry)
  // A scale has that of the object which is scaled.
  const uid = (request.object ?? request.oldObject)?.metadata?.uid
  const value = (path: string, field: unknown) =>
    bounded(managed.application.handEdits.masksValues ? mark(mask, field) : mask(ref, path, field))
  return {
    id: request.uid,
    at: new Date(now).toISOString(),
    cluster,
    application: managed.application.name,
    ref,
    ...(uid !== undefined && { uid }),
    ...requesterOf(request),
    verb: verbOf(request),
    fields: judgement.fields.slice(0, mostFields).map((field) => ({
      path: field.path,
      before: value(field.path, field.before),
      after: value(field.path, field.after),
    })) satisfies WitnessedField[],
    pod: undefined,
    isDrift: judgement.isDrift,
    outcome: decision.allowed ? 'allowed' : 'denied',
    exemption: decision.exemption,
  }
}

function mark(mask: MaskField, value: unknown): unknown {
  return mask({ group: '', kind: 'Secret' }, '/data/value', value)
}

interface Shell {
  readonly request: AdmissionRequest
  readonly ref: ObjectRef
  readonly application: string
  readonly cluster: string
  readonly pod: NonNullable<WitnessRecord['pod']>
  readonly verb: WitnessedVerb
  readonly fields: readonly WitnessedField[]
  /** Why the pod does not count as touched. */
  readonly exemption: string | undefined
  readonly now: number
}

export function recordShell({ request, ref, now, ...rest }: Shell): WitnessRecord {
  return {
    id: request.uid,
    at: new Date(now).toISOString(),
    ref: bareRef(ref),
    ...requesterOf(request),
    ...rest,
    // What is left so must not push out what is not: a backup opens a shell every night.
    isDrift: rest.exemption === undefined,
    outcome: 'allowed',
  }
}

function requesterOf(request: AdmissionRequest) {
  const { userInfo } = request
  const manager = managerOf(request)
  return {
    user: userInfo.username,
    // All who are signed in.
    groups: userInfo.groups.filter((group) => group !== 'system:authenticated').slice(0, 20),
    manager: manager === '' ? undefined : manager,
  }
}

function verbOf({ operation, subResource }: AdmissionRequest): WitnessedVerb {
  if (subResource === 'scale') return 'scale'
  if (operation === 'DELETE') return 'delete'
  return operation === 'CREATE' ? 'create' : 'update'
}

function bounded(value: unknown): unknown {
  const text = JSON.stringify(value) ?? ''
  return text.length > longestValue ? `${text.slice(0, longestValue)}…` : value
}
