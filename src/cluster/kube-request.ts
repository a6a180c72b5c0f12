import type { IncomingHttpHeaders } from 'node:http'
import type { ServiceAccountRef } from '../domain/application.ts'
import type { ErrorSubject } from '../domain/error.ts'
import { describeRef } from '../domain/kube-object.ts'

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'apply' | 'patch' | 'delete'

/** What a request is about: the words of its errors. */
export interface Target {
  /** As kubectl says it: `deployments.apps`, `services`. */
  readonly resource: string
  readonly group: string
  readonly kind: string
  readonly namespace: string
  /** '' for a list. */
  readonly name: string
}

export interface KubeRequest {
  readonly verb: Verb
  /** With query, as it goes over the wire. */
  readonly path: string
  readonly target: Target
  readonly accept?: string
  readonly etag?: string
  readonly contentType?: string
  readonly body?: unknown
  readonly serviceAccount?: ServiceAccountRef | undefined
  readonly signal?: AbortSignal | undefined
  /** Called each time it goes out; may abort the signal, and then it does not. */
  readonly beforeSend?: (() => void) | undefined
  /** Its first failure stands: the answer is not worth waiting for. */
  readonly isAskedOnce?: boolean
}

/** What the server said, whatever the status; a body that is not JSON is undefined. */
export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: unknown
}

/** `deployments.apps task-agent`, `deployments.apps` for a list. */
export function labelOf(target: Target): string {
  return target.name === '' ? target.resource : `${target.resource} ${target.name}`
}

export function subjectOf(target: Target, message: string): ErrorSubject {
  return target.name === '' ? { message } : { object: describeRef(target), message }
}

export function isSecret(target: Target): boolean {
  return target.kind === 'Secret' && target.group === ''
}
