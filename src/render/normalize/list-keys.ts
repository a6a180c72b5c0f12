import { isDeepStrictEqual } from 'node:util'
import { refOf } from '../../domain/kube-object.ts'
import { podSpecPath } from './pod-spec.ts'
import type { Notes, Rule } from './rule.ts'
import { isRecord, updateAt } from './update-at.ts'

interface KeyedList {
  readonly path: readonly string[]
  readonly keys: readonly string[]
}

const containerLists: readonly KeyedList[] = [
  { path: ['env'], keys: ['name'] },
  { path: ['ports'], keys: ['containerPort', 'protocol'] },
  { path: ['volumeMounts'], keys: ['mountPath'] },
  { path: ['volumeDevices'], keys: ['devicePath'] },
]

const podLists: readonly KeyedList[] = [
  { path: ['containers'], keys: ['name'] },
  { path: ['initContainers'], keys: ['name'] },
  { path: ['volumes'], keys: ['name'] },
  { path: ['imagePullSecrets'], keys: ['name'] },
  { path: ['hostAliases'], keys: ['ip'] },
  ...['containers', 'initContainers'].flatMap((containers) =>
    containerLists.map(({ path, keys }) => ({ path: [containers, '*', ...path], keys })),
  ),
]

const serviceLists: readonly KeyedList[] = [{ path: ['spec', 'ports'], keys: ['port', 'protocol'] }]

/**
 * Lists that server-side apply treats as maps: it refuses two items of one key (kubernetes#113482).
 * Equal items become one, with a warning; different ones are a problem.
 */
export const listKeys: Rule = (object, notes) =>
  listsOf(object).reduce(
    (copy, { path, keys }) => updateAt(copy, path, (list) => dropTwins(list, path, keys, notes)),
    object,
  )

function listsOf(object: Parameters<Rule>[0]): readonly KeyedList[] {
  const { group, kind } = refOf(object)
  if (group === '' && kind === 'Service') return serviceLists
  const pods = podSpecPath(object)
  if (pods === undefined) return []
  return podLists.map(({ path, keys }) => ({ path: [...pods, ...path], keys }))
}

function dropTwins(
  list: unknown,
  path: readonly string[],
  keys: readonly string[],
  notes: Notes,
): unknown {
  if (!Array.isArray(list)) return list
  const seen = new Map<string, unknown>()
  const kept = list.filter((item: unknown) => {
    const key = keyOf(item, keys)
    if (key === undefined || !seen.has(key)) {
      if (key !== undefined) seen.set(key, item)
      return true
    }
    const name = `${path.at(-1) ?? 'list'} has two items with ${describeKey(item, keys)}`
    const same = isDeepStrictEqual(seen.get(key), item)
    if (same) notes.warn(`${name}, which are equal; one is kept`, item)
    else notes.problem(`${name}; remove one`, item)
    return !same
  })
  return kept.length === list.length ? list : kept
}

// Two items without the key are the server's to refuse.
function keyOf(item: unknown, keys: readonly string[]): string | undefined {
  if (!isRecord(item) || item[keys[0] ?? ''] === undefined) return undefined
  return JSON.stringify(keys.map((key) => item[key] ?? (key === 'protocol' ? 'TCP' : null)))
}

function describeKey(item: unknown, keys: readonly string[]): string {
  const parts = isRecord(item) ? keys.filter((key) => item[key] !== undefined) : []
  return parts.map((key) => `${key} ${isRecord(item) ? String(item[key]) : ''}`).join(', ')
}
