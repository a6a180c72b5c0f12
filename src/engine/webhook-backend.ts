import type { Desired } from '../domain/change.ts'
import type { StageError } from '../domain/error.ts'
import { isRecord } from './canonical-json.ts'
import { hasPods } from './health/built-in-kinds.ts'
import { readField } from './health/read-field.ts'

/**
 * Whether the webhook that does not answer is served by pods of the application itself: it will
 * when they are up.
 */
export function isServedBy(desired: readonly Desired[], error: StageError): boolean {
  const { service } = error
  if (error.code !== 'ADMISSION_UNAVAILABLE' || service === undefined) return false
  const { namespace, name } = service
  const found = desired.find(
    ({ ref }) =>
      ref.group === '' &&
      ref.kind === 'Service' &&
      ref.namespace === namespace &&
      ref.name === name,
  )
  const selector = readField(found?.object, 'spec', 'selector')
  if (!isRecord(selector)) return false
  return desired.some(({ ref, object }) => {
    if (ref.namespace !== namespace || !hasPods(ref)) return false
    const labels = readField(object, 'spec', 'template', 'metadata', 'labels')
    return Object.entries(selector).every(([key, value]) => readField(labels, key) === value)
  })
}
