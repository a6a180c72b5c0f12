import { gunzipSync, gzipSync } from 'node:zlib'
import { z } from 'zod'
import type { HookEntry, InventoryEntry } from '../domain/inventory.ts'
import { refKey } from '../domain/kube-object.ts'
import { parseJson } from './parse-json.ts'

const Entry: z.ZodType<InventoryEntry> = z.object({
  group: z.string(),
  version: z.string().min(1),
  kind: z.string().min(1),
  namespace: z.string(),
  name: z.string().min(1),
  uid: z.string(),
  hash: z.string(),
  seal: z.string(),
  generation: z.number(),
  resourceVersion: z.string(),
})

const Entries = z.array(Entry)

const Hook: z.ZodType<HookEntry> = z.object({
  group: z.string(),
  version: z.string().min(1),
  kind: z.string().min(1),
  namespace: z.string(),
  name: z.string().min(1),
  declared: z.string().min(1),
  uid: z.string(),
  hash: z.string(),
  run: z.string(),
  outcome: z.enum(['begun', 'idle', 'succeeded', 'failed']),
})

const Hooks = z.array(Hook)

// 5,000 objects unpack to less than 3 MB.
const largestUnpacked = 64 * 1024 * 1024

/** base64 of gzipped JSON, for `binaryData`. Equal sets give equal text, whatever their order. */
export function encodeEntries(entries: readonly InventoryEntry[]): string {
  return gzipSync(JSON.stringify(inOrder(entries))).toString('base64')
}

/** As they come back from `decodeEntries`. */
export function inOrder(entries: readonly InventoryEntry[]): readonly InventoryEntry[] {
  return entries
    .map((entry) => ({ key: refKey(entry), entry: bare(entry) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ entry }) => entry)
}

/** What is added to an entry elsewhere is not stored. */
function bare(entry: InventoryEntry): InventoryEntry {
  const { group, version, kind, namespace, name, uid, hash, seal } = entry
  const { generation, resourceVersion } = entry
  return { group, version, kind, namespace, name, uid, hash, seal, generation, resourceVersion }
}

/** undefined: nothing that can be relied on, which is not the same as no entries. */
export function decodeEntries(text: string): readonly InventoryEntry[] | undefined {
  const parsed = Entries.safeParse(parseJson(unpack(text)))
  return parsed.success ? parsed.data : undefined
}

/** JSON, for `data`. */
export function encodeHooks(hooks: readonly HookEntry[]): string {
  return JSON.stringify(hooks.map((hook) => Hook.parse(hook)))
}

/** undefined: nothing that can be relied on. */
export function decodeHooks(text: string): readonly HookEntry[] | undefined {
  const parsed = Hooks.safeParse(parseJson(text))
  return parsed.success ? parsed.data : undefined
}

function unpack(text: string): string {
  try {
    const bytes = gunzipSync(Buffer.from(text, 'base64'), { maxOutputLength: largestUnpacked })
    return bytes.toString('utf8')
  } catch {
    return ''
  }
}
