import { createHmac } from 'node:crypto'
import type { ObjectRef } from '../domain/kube-object.ts'
import { canonicalJson, isRecord } from './canonical-json.ts'

/**
 * Puts a keyed hash in the place of a Secret's values: equal values have equal marks, so a change
 * stays visible, and the value cannot be guessed from the mark without the key.
 */
export type MaskField = (
  ref: Pick<ObjectRef, 'group' | 'kind'>,
  path: string,
  value: unknown,
) => unknown

const markStart = '«secret '

/** Marks of two processes cannot be compared: each has a key of its own. */
export function isMark(value: unknown): boolean {
  return typeof value === 'string' && value.startsWith(markStart)
}

const lastApplied = '/metadata/annotations/kubectl.kubernetes.io~1last-applied-configuration'

export function createMask(key: Buffer): MaskField {
  const mark = (value: unknown): string =>
    `${markStart}${createHmac('sha256', key).update(canonicalJson(value)).digest('hex').slice(0, 8)}»`
  return (ref, path, value) => {
    if (value === undefined || ref.kind !== 'Secret' || ref.group !== '') return value
    if (path === lastApplied) return mark(value)
    if (!/^\/(?:data|stringData)(?:\/|$)/.test(path)) return maskInside(path, value, mark)
    // Below `data` every record is a value of the wrong type, and so are its keys.
    const holdsValues = path === '/data' || path === '/stringData'
    return holdsValues && isRecord(value) ? mapValues(value, mark) : mark(value)
  }
}

/** A difference may hold a whole object or its metadata, when one side has nothing there. */
function maskInside(path: string, value: unknown, mark: (value: unknown) => string): unknown {
  if (!isRecord(value)) return value
  if (path === '') {
    const masked: Record<string, unknown> = { ...value }
    for (const field of ['data', 'stringData']) {
      if (masked[field] !== undefined) {
        masked[field] = isRecord(masked[field])
          ? mapValues(masked[field], mark)
          : mark(masked[field])
      }
    }
    return { ...masked, metadata: maskInside('/metadata', masked['metadata'], mark) }
  }
  const annotation = 'kubectl.kubernetes.io/last-applied-configuration'
  if (path === '/metadata/annotations' && annotation in value) {
    return { ...value, [annotation]: mark(value[annotation]) }
  }
  return path === '/metadata' && isRecord(value['annotations'])
    ? { ...value, annotations: maskInside('/metadata/annotations', value['annotations'], mark) }
    : value
}

function mapValues(
  record: Record<string, unknown>,
  map: (value: unknown) => unknown,
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]))
}
