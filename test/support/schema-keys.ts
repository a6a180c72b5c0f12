export interface SchemaNode {
  readonly description?: string
  readonly properties?: Readonly<Record<string, SchemaNode>>
  readonly additionalProperties?: SchemaNode | boolean
  readonly items?: SchemaNode
  readonly anyOf?: readonly SchemaNode[]
  readonly oneOf?: readonly SchemaNode[]
}

/** Paths of all keys, with `*` for the names of entries and `[]` for the items of lists. */
export function keysOf(path: string, node: SchemaNode): string[] {
  const own = Object.entries(node.properties ?? {}).flatMap(([key, child]) => {
    const childPath = path === '' ? key : `${path}.${key}`
    return [childPath, ...keysOf(childPath, child)]
  })
  const entry =
    typeof node.additionalProperties === 'object'
      ? keysOf(`${path}.*`, node.additionalProperties)
      : []
  const item = node.items === undefined ? [] : keysOf(`${path}[]`, node.items)
  const branches = [...(node.anyOf ?? []), ...(node.oneOf ?? [])].flatMap((branch) =>
    keysOf(path, branch),
  )
  return Array.from(new Set([...own, ...entry, ...item, ...branches]))
}

/** Every key with its description, once for each branch of a union it is in. */
export function describedNodes(
  path: string,
  node: SchemaNode,
): { path: string; description: string | undefined }[] {
  const own = Object.entries(node.properties ?? {}).flatMap(([key, child]) => {
    const childPath = `${path}.${key}`
    return [
      { path: childPath, description: child.description },
      ...describedNodes(childPath, child),
    ]
  })
  const entry = typeof node.additionalProperties === 'object' ? [node.additionalProperties] : []
  const item = node.items === undefined ? [] : [node.items]
  const inner = [...entry, ...item, ...(node.anyOf ?? []), ...(node.oneOf ?? [])]
  return [...own, ...inner.flatMap((child) => describedNodes(path, child))]
}
