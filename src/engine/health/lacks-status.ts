import type { KubeObject } from '../../domain/kube-object.ts'
import { isRecord } from '../canonical-json.ts'
import { readField } from './read-field.ts'

/**
 * No controller has written a status yet: there is none, or no more than the defaults of its CRD,
 * which stand in it from the start. Those of the Gateway API have conditions that are Unknown.
 */
export function lacksStatus(object: KubeObject): boolean {
  const status = readField(object, 'status')
  if (!isRecord(status)) return status === undefined
  const { conditions = [], ...rest } = status
  return Array.isArray(conditions) && conditions.every(isUnobserved) && isEmpty(rest)
}

function isUnobserved(condition: unknown): boolean {
  return (
    readField(condition, 'status') === 'Unknown' &&
    readField(condition, 'observedGeneration') === undefined
  )
}

function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isEmpty)
  if (isRecord(value)) return Object.values(value).every(isEmpty)
  return ['', 0, false, null, undefined].some((empty) => empty === value)
}
