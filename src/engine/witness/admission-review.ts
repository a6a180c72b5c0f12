import { z } from 'zod'
import type { KubeObject, ObjectRef } from '../../domain/kube-object.ts'

const text = z.string().default('')
const object = z
  .custom<KubeObject>((value) => isObject(value))
  .nullish()
  .transform((value) => value ?? undefined)

const Request = z.object({
  uid: z.string().min(1).max(100),
  kind: z.object({ group: text, version: z.string(), kind: z.string() }),
  resource: z.object({ group: text, version: z.string(), resource: z.string() }),
  subResource: text,
  name: text,
  namespace: text,
  operation: z.enum(['CREATE', 'UPDATE', 'DELETE', 'CONNECT']),
  userInfo: z.object({ username: text, groups: z.array(z.string()).default([]) }),
  object,
  oldObject: object,
  dryRun: z.boolean().default(false),
  options: z
    .object({
      fieldManager: text,
      preconditions: z.object({ uid: z.string().optional() }).optional(),
    })
    .nullish(),
})

/** What a request is about. Where all objects of a kind are deleted, the request names none. */
export function subjectOf(
  request: AdmissionRequest,
): Pick<ObjectRef, 'group' | 'kind' | 'namespace' | 'name'> {
  const { group, kind } = request.kind
  const name = request.name === '' ? request.oldObject?.metadata?.name : request.name
  // A Namespace is said to be in itself.
  const namespace = group === '' && kind === 'Namespace' ? '' : request.namespace
  return { group, kind, namespace, name: name ?? '' }
}

/** What is asked before a write is stored: admission.k8s.io/v1. */
export type AdmissionRequest = z.output<typeof Request>

const Review = z.object({
  apiVersion: z.literal('admission.k8s.io/v1'),
  kind: z.literal('AdmissionReview'),
  request: Request,
})

/** undefined: no AdmissionReview. */
export function parseReview(body: unknown): AdmissionRequest | undefined {
  return Review.safeParse(body).data?.request
}

export interface AdmissionAnswer {
  readonly allowed: boolean
  /** What `kubectl` shows, a line each. */
  readonly warnings: readonly string[]
  /** Why it is not allowed. */
  readonly message: string
}

/** The AdmissionReview that answers it. */
export function answerReview(uid: string, { allowed, warnings, message }: AdmissionAnswer) {
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    response: {
      uid,
      allowed,
      ...(warnings.length > 0 && { warnings }),
      ...(!allowed && { status: { code: 403, reason: 'Forbidden', message } }),
    },
  }
}

/** Of a CONNECT and a scale it has no metadata that counts. */
function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
