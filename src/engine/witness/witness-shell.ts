import type { TouchedPod } from '../../domain/touched-pod.ts'
import type {
  WitnessedField,
  WitnessedPod,
  WitnessedVerb,
  WitnessRecord,
} from '../../domain/witness-record.ts'
import { hashOf } from '../canonical-json.ts'
import { diffObjects } from '../object-diff.ts'
import type { AdmissionRequest } from './admission-review.ts'
import { isByPerson, isSurelyController, type Managed } from './judge-write.ts'
import { type OwnedPod, ownerOfPod } from './owner-of-pod.ts'
import { recordShell } from './record-write.ts'
import { exemptBy } from './requester.ts'
import { startedInPod, wordsOf } from './started-in-pod.ts'
import type { WitnessDeps } from './witness-deps.ts'

/**
 * Remembers a shell in a pod of an application, and the pod as touched, unless whoever did it is
 * exempt. An edit of a pod that an application has in Git is one of its object, and told as such.
 * Throws StageError.
 */
export async function witnessShell(deps: WitnessDeps, request: AdmissionRequest): Promise<void> {
  const verb = verbOf(request)
  const fields = isShell(verb) ? [] : changesOf(request)
  // Controllers write to pods all day: whose they are is asked for no one's sake but a person's.
  if (verb === 'edit-pod' && (fields.length === 0 || isSurelyController(request))) return
  const { namespace, name, oldObject } = request
  const found = await ownerOfPod(
    deps.client,
    deps.objects,
    { namespace, name },
    isShell(verb) ? undefined : oldObject,
  )
  if (found !== undefined && isTold(verb, request, found.managed)) {
    await remember(deps, request, { ...found, verb, fields })
  }
}

async function remember(
  deps: WitnessDeps,
  request: AdmissionRequest,
  { managed, verb, fields, ...found }: OwnedPod & Told,
): Promise<void> {
  const { namespace, name } = request
  const uid = found.pod.metadata.uid ?? ''
  const pod = { namespace, name, uid, ...startedInPod(request) }
  if (isShell(verb) && !(await isNewShell(deps, request, pod))) return
  const exemption = exemptBy(request.userInfo, managed.application.handEdits.exempt)
  const record = recordShell({
    request,
    ref: managed.entry,
    application: managed.application.name,
    cluster: deps.cluster,
    verb,
    fields,
    pod,
    exemption,
    now: deps.clock.now(),
  })
  await deps.records.add(record)
  if (exemption === undefined) await deps.records.touch(touchedBy(record, pod))
}

interface Told {
  readonly verb: WitnessedVerb
  readonly fields: readonly WitnessedField[]
}

function isTold(verb: WitnessedVerb, request: AdmissionRequest, managed: Managed): boolean {
  if (verb !== 'edit-pod') return true
  // The webhook of objects is not asked about their subresources.
  if (managed.entry.kind === 'Pod' && request.subResource === '') return false
  return isByPerson(request, managed)
}

/** kubectl asks by one protocol, and then by another one: two requests for one shell. */
function isNewShell(
  { mask, records }: WitnessDeps,
  request: AdmissionRequest,
  pod: WitnessedPod,
): Promise<boolean> {
  // Of the whole command line, of which no more than the program is told.
  const line = mask({ group: '', kind: 'Secret' }, '/data/command', wordsOf(request))
  const { userInfo, subResource } = request
  return records.isNewShell(hashOf([userInfo.username, subResource, pod, line]))
}

function touchedBy(record: WitnessRecord, pod: WitnessedPod): TouchedPod {
  const { id, application, ref, at, user, groups, verb } = record
  const { namespace, name, uid, container } = pod
  return {
    application,
    namespace,
    name,
    uid,
    cluster: record.cluster,
    owner: ref,
    at,
    user,
    groups,
    verb,
    container,
    witnessed: [id],
  }
}

function isShell(verb: WitnessedVerb): boolean {
  return verb === 'exec' || verb === 'attach'
}

function verbOf({ operation, subResource }: AdmissionRequest): WitnessedVerb {
  if (operation === 'CONNECT') return subResource === 'attach' ? 'attach' : 'exec'
  return subResource === 'ephemeralcontainers' ? 'debug' : 'edit-pod'
}

/** Paths alone: an environment of a debug container may hold anything. */
function changesOf({ object, oldObject }: AdmissionRequest): WitnessedField[] {
  return diffObjects(oldObject, object)
    .slice(0, 20)
    .map(({ path }) => ({ path, before: undefined, after: undefined }))
}
