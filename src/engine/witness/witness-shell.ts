import { z } from 'zod'
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
import { redactCommand } from './redact-command.ts'
import { exemptBy } from './requester.ts'
import type { WitnessDeps } from './witness-deps.ts'

const Options = z.object({
  container: z.string().default(''),
  command: z.array(z.string()).default([]),
})

/**
 * Remembers a shell in a pod of an application, and the pod as touched. A pod that an application
 * has in Git is one of its objects, and told as such. Throws StageError.
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
  if (found !== undefined && counts(verb, request, found.managed)) {
    await remember(deps, request, { ...found, verb, fields })
  }
}

async function remember(
  deps: WitnessDeps,
  request: AdmissionRequest,
  { managed, verb, fields, ...found }: OwnedPod & Told,
): Promise<void> {
  const pod = podOf(request, found.pod.metadata.uid ?? '')
  const same = hashOf([request.userInfo.username, pod, markOf(deps, request)])
  // kubectl asks by one protocol, and then by another one: two requests for one shell.
  if (isShell(verb) && !(await deps.records.isNewShell(same))) return
  const record = recordShell({
    request,
    ref: managed.entry,
    application: managed.application.name,
    cluster: deps.cluster,
    verb,
    fields,
    pod,
    now: deps.clock.now(),
  })
  await deps.records.add(record)
  await deps.records.touch(touchedBy(record, pod))
}

interface Told {
  readonly verb: WitnessedVerb
  readonly fields: readonly WitnessedField[]
}

function counts(verb: WitnessedVerb, request: AdmissionRequest, managed: Managed): boolean {
  if (managed.entry.kind === 'Pod') return false
  if (verb !== 'edit-pod') return true
  const { exempt } = managed.application.handEdits
  return isByPerson(request, managed) && exemptBy(request.userInfo, exempt) === undefined
}

/** Of the whole command line, of which no more than the program is told. */
function markOf({ mask }: WitnessDeps, { object }: AdmissionRequest): unknown {
  return mask({ group: '', kind: 'Secret' }, '/data/command', commandOf(object).command)
}

function commandOf(object: AdmissionRequest['object']) {
  return Options.catch({ container: '', command: [] }).parse(object)
}

function podOf({ namespace, name, object }: AdmissionRequest, uid: string): WitnessedPod {
  const { container, command } = commandOf(object)
  return {
    namespace,
    name,
    uid,
    container: container === '' ? undefined : container,
    command: command.length === 0 ? undefined : redactCommand(command),
  }
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
