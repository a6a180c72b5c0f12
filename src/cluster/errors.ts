import { truncate } from '../domain/commit-status.ts'
import { type ErrorCode, type Retry, StageError } from '../domain/error.ts'
import {
  type Answer,
  isSecret,
  type KubeRequest,
  labelOf,
  subjectOf,
  type Target,
} from './kube-request.ts'
import { describeNetworkError } from './network-error.ts'
import { retryAfterMs } from './retry-policy.ts'
import { type Status, statusOf } from './status.ts'
import { describeCause, describeMessage } from './status-text.ts'

interface Rule {
  readonly code: ErrorCode
  readonly message: RegExp
}

// Messages of kube-apiserver (apiserver/pkg/admission, registry/rest, fieldmanager): the HTTP code
// alone does not tell these apart. The first that matches holds.
const rules: readonly Rule[] = [
  { code: 'ADMISSION_NO_DRY_RUN', message: /does not support dry run/ },
  {
    code: 'ADMISSION_UNAVAILABLE',
    message: /failed calling webhook|failed to call webhook|conversion webhook for .* failed/,
  },
  {
    code: 'ADMISSION_DENIED',
    message:
      /^admission webhook "[^"]*" denied the request|ValidatingAdmissionPolicy .* denied request/,
  },
  {
    code: 'OBJECT_TERMINATING',
    message: /because it is being terminated|^object is being deleted/,
  },
  {
    code: 'OBJECT_INVALID',
    message: /failed to create typed|failed to convert new object|request is too large/,
  },
  {
    code: 'CLUSTER_FORBIDDEN',
    message: /cannot \S+ (?:resource|path) "|attempting to grant RBAC permissions/,
  },
]

const codes = new Map<number, ErrorCode>([
  [400, 'OBJECT_INVALID'],
  [401, 'CLUSTER_UNAUTHENTICATED'],
  // The authoriser's refusals are caught above; what is left are admission plug-ins: quota,
  // limit ranges, pod security.
  [403, 'ADMISSION_DENIED'],
  [404, 'OBJECT_NOT_FOUND'],
  [409, 'OBJECT_CONFLICT'],
  [413, 'OBJECT_INVALID'],
  [422, 'OBJECT_INVALID'],
  [429, 'CLUSTER_THROTTLED'],
])

// Their messages come from the authoriser and the registry, which never look at values.
const silentCodes = new Set<ErrorCode>(['CLUSTER_FORBIDDEN', 'OBJECT_NOT_FOUND', 'OBJECT_CONFLICT'])

const longestText = 1000

/** The one place where an API server's refusal becomes ours. */
export function statusError(answer: Answer, target: Target): StageError {
  const status = statusOf(answer.body)
  const code = codeOf(answer.status, status)
  const details = detailsOf(code, status, target)
  const retry: { retry?: Retry } = {}
  const afterMs = code === 'CLUSTER_THROTTLED' ? retryAfterMs(answer) : undefined
  if (afterMs !== undefined) retry.retry = { kind: 'after', ms: afterMs }
  return new StageError(code, truncate(sentenceOf(code, details, answer, target), longestText), {
    ...retry,
    service: code === 'ADMISSION_UNAVAILABLE' ? webhookService(status) : undefined,
    subjects: details.map((detail) => subjectOf(target, truncate(detail, longestText))),
  })
}

/** `Post "https://name.namespace.svc:443/path?timeout=10s": …`, as the server tells what it called. */
function webhookService({ message }: Status): StageError['service'] {
  const found = /"https:\/\/(?<name>[a-z0-9-]+)\.(?<namespace>[a-z0-9-]+)\.svc[:/]/.exec(message)
  const { name, namespace } = found?.groups ?? {}
  return name === undefined || namespace === undefined ? undefined : { namespace, name }
}

/** The uid in a delete's precondition is another object's: ours is gone. */
export function isUidMismatch(answer: Answer): boolean {
  return answer.status === 409 && /UID in (?:the )?precondition/.test(statusOf(answer.body).message)
}

/** 404 for the path, not for the object: the server no longer serves the kind. */
export function isUnknownPath(answer: Answer): boolean {
  return answer.status === 404 && statusOf(answer.body).details.name === ''
}

export function unknownKind(kind: { group: string; version?: string; kind: string }): StageError {
  const group = kind.group === '' ? '' : `.${kind.group}`
  const version = kind.version === undefined ? '' : ` in version ${kind.version}`
  return new StageError(
    'PLAN_UNKNOWN_KIND',
    `the cluster knows no kind ${kind.kind}${group}${version}; install its CustomResourceDefinition first, or put it into the same commit`,
  )
}

export function unreachable(clusterName: string, error: unknown): StageError {
  return new StageError(
    'CLUSTER_UNREACHABLE',
    `cluster ${clusterName}: ${describeNetworkError(error)}; check that its API server can be reached from here`,
    { cause: error },
  )
}

export function cancelled(request: KubeRequest): StageError {
  const reason: unknown = request.signal?.reason
  if (reason instanceof StageError) return reason
  return new StageError(
    'SYNC_TIMEOUT',
    `${labelOf(request.target)}: ${request.verb} was cancelled before the cluster answered`,
    { cause: reason },
  )
}

function codeOf(httpStatus: number, status: Status): ErrorCode {
  const rule = rules.find((each) => each.message.test(status.message))
  if (rule === undefined && httpStatus === 422 && isImmutable(status)) return 'OBJECT_IMMUTABLE'
  return rule?.code ?? codes.get(httpStatus) ?? 'CLUSTER_ERROR'
}

// What registries and rules say of a field that is fixed once the object is there; collected from a
// real server in test/cluster/immutable-fields.test.ts.
const immutable =
  /field is immutable|is immutable after creation|updates to statefulset spec for fields other than|pod updates may not change fields other than|may not change once set|cannot change roleRef|may not be changed in an update|updates to \w+ are forbidden|value is immutable/i

/** Every fault it has: another one would not go away with a new object. */
function isImmutable({ details: { causes } }: Status): boolean {
  return causes.length > 0 && causes.every((cause) => immutable.test(describeCause(cause, false)))
}

function detailsOf(code: ErrorCode, status: Status, target: Target): string[] {
  const secret = isSecret(target) && !silentCodes.has(code)
  const isRefused = code === 'OBJECT_INVALID' || code === 'OBJECT_IMMUTABLE'
  const causes = isRefused ? status.details.causes : []
  if (causes.length > 0) return causes.map((cause) => describeCause(cause, secret))
  const message = describeMessage(status, secret)
  return message === '' ? [] : [message]
}

function missingNamespace({ status, body }: Answer, target: Target): string | undefined {
  const { kind, name } = statusOf(body).details
  return status === 404 && kind === 'namespaces' && target.kind !== 'Namespace' ? name : undefined
}

function sentenceOf(
  code: ErrorCode,
  details: readonly string[],
  answer: Answer,
  target: Target,
): string {
  const label = labelOf(target)
  if (code === 'CLUSTER_UNAUTHENTICATED') {
    return `${label}: the API server refuses our credentials (401); try the same context with kubectl`
  }
  const missing = missingNamespace(answer, target)
  if (missing !== undefined) {
    return `${label}: namespace ${missing} does not exist; create it, or declare it in the same application`
  }
  if (details.length === 0) return `${label}: the API server answers ${answer.status}`
  const said = details.slice(0, 3).join('; ')
  const more = details.length > 3 ? `; and ${details.length - 3} more` : ''
  if (code === 'CLUSTER_FORBIDDEN') return `${label}: ${said}; grant it in a Role or ClusterRole`
  return `${label}: ${said}${more}`
}
