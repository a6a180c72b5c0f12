// The keys of landfall.yaml as a page for people, made from the JSON Schema that editors read.

export interface SchemaNode {
  readonly description?: string
  readonly type?: string
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly default?: unknown
  readonly examples?: readonly unknown[]
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, SchemaNode>>
  readonly additionalProperties?: SchemaNode | boolean
  readonly items?: SchemaNode
  readonly anyOf?: readonly SchemaNode[]
  readonly oneOf?: readonly SchemaNode[]
}

interface Row {
  readonly path: string
  readonly node: SchemaNode
  readonly required: boolean
}

const intro = `# Configuration

Landfall reads one file, \`landfall.yaml\`. \`landfall validate\` checks it and reports every problem at
once, each with file, line and column; [examples/landfall.yaml](../examples/landfall.yaml) is a commented one.

An editor checks it while you write, given this first line:

\`\`\`yaml
# yaml-language-server: $schema=./schema/landfall.schema.json
\`\`\`

A secret is never written into the file: \`{env: NAME}\` reads an environment variable, \`{file: PATH}\` a
file. A changed file takes effect [without a restart](operations.md#change-the-configuration). Relative paths start at the folder of \`landfall.yaml\`. The file is YAML 1.2: \`yes\` and \`on\` are text,
\`<<\` is a key like any other. It may have at most 1 MiB, 64 levels and 50,000 values.

Keys marked \\* are required. This page is generated from the schema: \`node tools/generate-schema.ts\`.
`

/** The page as Markdown. */
export function configDocs(schema: SchemaNode): string {
  const sections = Object.entries(schema.properties ?? {}).map(([key, node]) => section(key, node))
  return [intro, ...sections].join('\n')
}

function section(key: string, node: SchemaNode): string {
  // What it may have, applications tell.
  const rows = key === 'defaults' ? [] : rowsOf(key, node)
  const lines = rows.map((row) => `| ${cells(row).join(' | ')} |`)
  const head = ['| Key | Value | Meaning |', '| --- | --- | --- |']
  const first = `\n${node.description ?? ''}${fallback(node)}${examples(node)}\n`
  return `## ${key}\n${first}${lines.length === 0 ? '' : `\n${[...head, ...lines].join('\n')}\n`}`
}

function rowsOf(path: string, node: SchemaNode): Row[] {
  if (isSecret(node)) return []
  const item = entryOf(path, node)
  if (item !== undefined) return rowsOf(item.path, item.node)
  const own = Object.entries(node.properties ?? {}).flatMap(([key, child]) => {
    const childPath = `${path}.${key}`
    const required = node.required?.includes(key) ?? false
    return [{ path: childPath, node: child, required }, ...rowsOf(childPath, child)]
  })
  const branches = branchesOf(node)
  return [...own, ...mergeRows(branches.map((branch) => rowsOf(path, branch)))]
}

function entryOf(path: string, node: SchemaNode): { path: string; node: SchemaNode } | undefined {
  if (node.items !== undefined) return { path: `${path}[]`, node: node.items }
  return typeof node.additionalProperties === 'object' && node.properties === undefined
    ? { path: `${path}.*`, node: node.additionalProperties }
    : undefined
}

// A key that branches of a union share gets one row, and is required only where all of them need it
// that can hold it: below a key of one branch, that one alone.
function mergeRows(branches: readonly (readonly Row[])[]): Row[] {
  const groups = Map.groupBy(branches.flat(), ({ path }) => path)
  return Array.from(groups, ([path, rows]) => {
    const holders = groups.get(path.slice(0, path.lastIndexOf('.')).replace(/\[\]$/, ''))
    return {
      path,
      required:
        rows.length === (holders ?? branches).length && rows.every(({ required }) => required),
      node: joinNodes(rows),
    }
  })
}

function joinNodes(rows: readonly Row[]): SchemaNode {
  const [first, ...others] = rows.map(({ node }) => node)
  if (first !== undefined && others.every((node) => flow(node) === flow(first))) return first
  const description = rows.map(({ node }) => node.description ?? '').join(' ')
  return { anyOf: rows.map(({ node }) => node), description }
}

function cells({ path, node, required }: Row): string[] {
  const meaning = `${node.description ?? ''}${fallback(node)}${examples(node)}`
  return [`\`${path}\`${required ? ' \\*' : ''}`, valueOf(node), meaning].map((cell) =>
    cell.replaceAll('|', '\\|'),
  )
}

const kinds: Readonly<Record<string, string>> = {
  object: 'mapping',
  string: 'text',
  integer: 'number',
  boolean: '`true`, `false`',
}

function valueOf(node: SchemaNode): string {
  if (isSecret(node)) return '`{env}` or `{file}`'
  if (node.enum !== undefined) return node.enum.map(code).join(', ')
  if (node.const !== undefined) return code(node.const)
  const branches = branchesOf(node)
  if (branches.length > 0) return Array.from(new Set(branches.map(valueOf))).join(' or ')
  const kind = node.type ?? ''
  return kind === 'array' ? `list of ${valueOf(node.items ?? {})}` : (kinds[kind] ?? 'any')
}

function branchesOf({ anyOf = [], oneOf = [] }: SchemaNode): SchemaNode[] {
  return [...anyOf, ...oneOf]
}

function isSecret({ anyOf = [] }: SchemaNode): boolean {
  const keys = anyOf.map((branch) => Object.keys(branch.properties ?? {}).join())
  return keys.join() === 'env,file'
}

function fallback(node: SchemaNode): string {
  return node.default === undefined ? '' : ` Default: ${code(node.default)}.`
}

function examples({ examples: given = [] }: SchemaNode): string {
  return given.length === 0 ? '' : ` E.g. ${given.map(code).join(', ')}.`
}

function code(value: unknown): string {
  return `\`${typeof value === 'string' ? value : flow(value)}\``
}

function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`
  if (typeof value !== 'object' || value === null) return String(value)
  return `{${Object.entries(value)
    .map(([key, inner]) => `${key}: ${flow(inner)}`)
    .join(', ')}}`
}
