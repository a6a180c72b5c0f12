import type { KubeObject } from '../../domain/kube-object.ts'
import { describeCondition, findCondition } from './condition.ts'
import { readRecords, readText } from './read-field.ts'

/**
 * What the status of an object of any kind says for people: its condition Ready, else the first
 * that is not True, else its phase and message.
 */
export function describeStatus(object: KubeObject): string | undefined {
  const types = readRecords(object, 'status', 'conditions').flatMap(
    (item) => readText(item, 'type') ?? [],
  )
  const conditions = ['Ready', ...types].flatMap((type) => findCondition(object, type) ?? [])
  const telling = conditions.find(({ status }) => status !== 'True')
  if (telling !== undefined) return describeCondition(telling)
  const told = ['phase', 'state', 'reason', 'message'].flatMap(
    (key) => readText(object, 'status', key) ?? [],
  )
  return told.length === 0 ? undefined : told.join(': ')
}
