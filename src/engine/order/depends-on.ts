import { refKey } from '../../domain/kube-object.ts'

export interface DependsOn {
  /** As `refKey` writes them, each once. */
  readonly keys: readonly string[]
  readonly problems: readonly string[]
}

/**
 * Reads a comma-separated list of `group/kind/name` (cluster-scoped) and
 * `group/namespaces/namespace/kind/name`; the group of core kinds is empty.
 */
export function parseDependsOn(text: string): DependsOn {
  const keys = new Set<string>()
  const problems: string[] = []
  for (const part of text.split(',').map((item) => item.trim())) {
    const key = parseOne(part)
    if (key === undefined) problems.push(malformed(part))
    else if (keys.has(key)) problems.push(`names ${part} twice; keep one`)
    else keys.add(key)
  }
  return { keys: [...keys], problems }
}

function parseOne(part: string): string | undefined {
  const fields = part.split('/')
  const [group = '', ...rest] = fields
  if (rest.some((field) => field === '')) return undefined
  const [first = '', namespace = '', kind = '', name = ''] = rest
  if (rest.length === 2) return refKey({ group, kind: first, namespace: '', name: namespace })
  if (rest.length !== 4 || first !== 'namespaces') return undefined
  return refKey({ group, kind, namespace, name })
}

function malformed(part: string): string {
  return `${JSON.stringify(part)} names no object; write group/kind/name or group/namespaces/namespace/kind/name, such as apps/namespaces/shop/Deployment/db or /Namespace/shop`
}
