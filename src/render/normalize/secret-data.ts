import { refOf } from '../../domain/kube-object.ts'
import type { Rule } from './rule.ts'
import { isRecord, omit } from './update-at.ts'

/**
 * stringData becomes data: the server keeps no owner of a key set through stringData, so it would
 * never be pruned (kubernetes#108008). No message holds a value.
 */
export const secretData: Rule = (object, notes) => {
  const { group, kind } = refOf(object)
  if (group !== '' || kind !== 'Secret') return object
  const data = texts(object, 'data', notes)
  const plain = texts(object, 'stringData', notes)
  if (data === undefined && plain === undefined) return omit(object, ['data', 'stringData'])
  const encoded = Object.entries(plain ?? {}).map(([key, value]) => [key, encode(value)])
  return { ...omit(object, ['stringData']), data: { ...data, ...Object.fromEntries(encoded) } }
}

function texts(
  object: Parameters<Rule>[0],
  field: 'data' | 'stringData',
  notes: Parameters<Rule>[1],
): Record<string, string> | undefined {
  const map = object[field]
  if (map === undefined || map === null) return undefined
  if (!isRecord(map)) {
    notes.problem(`${field} is no mapping`, object)
    return {}
  }
  const entries = Object.entries(map).map(([key, value]): [string, string] => {
    if (typeof value === 'string') return [key, value]
    if (value !== null) notes.problem(`${field}.${key} is no text; quote it`, map)
    return [key, '']
  })
  return Object.fromEntries(entries)
}

function encode(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64')
}
