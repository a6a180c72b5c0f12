import { isAlias, isMap, isScalar, isSeq, type LineCounter, type Node, type Pair } from 'yaml'
import type { Path, Position } from './problem.ts'

export interface YamlFault extends Position {
  readonly path: Path
  readonly message: string
}

export interface Walked {
  readonly data: unknown
  readonly faults: readonly YamlFault[]
  /** By `pathKey`: of a scalar and of a list item its own position, of anything else its key's. */
  readonly values: ReadonlyMap<string, Position>
  readonly keys: ReadonlyMap<string, Position>
}

export const maxDepth = 64
// What aliases expand to counts too.
const maxNodes = 50_000

// A later merge of such a key reaches the prototype (CVE-2025-64718).
const reserved = new Set(['__proto__', 'constructor', 'prototype'])

export function pathKey(path: Path): string {
  return JSON.stringify(path)
}

/** Turns a parsed document into plain data in one pass, with limits the library does not have. */
export function walkYaml(root: Node, lines: LineCounter): Walked {
  const values = new Map<string, Position>()
  const keys = new Map<string, Position>()
  const faults: YamlFault[] = []
  const anchors = new Map<string, Node>()
  const open = new Set<Node>()
  let nodes = 0

  function fault(node: Node, path: Path, message: string): undefined {
    faults.push({ ...positionOf(lines, node), path, message })
  }

  function visit(node: Node, path: Path): unknown {
    nodes += 1
    if (nodes > maxNodes) return undefined
    if (nodes === maxNodes)
      return fault(node, path, `more than ${maxNodes} values, aliases included`)
    if (path.length > maxDepth) return fault(node, path, `deeper than ${maxDepth} levels`)
    const key = pathKey(path)
    if (!values.has(key)) values.set(key, positionOf(lines, node))
    if (isAlias(node)) return follow(node, node.source, path)
    if (node.anchor !== undefined) anchors.set(node.anchor, node)
    if (isScalar(node)) return node.value
    open.add(node)
    const data = isMap(node) ? mapping(node.items, path) : list(node, path)
    open.delete(node)
    return data
  }

  function follow(alias: Node, source: string, path: Path): unknown {
    const target = anchors.get(source)
    if (target === undefined) return fault(alias, path, `no anchor &${source} before this alias`)
    if (open.has(target)) return fault(alias, path, 'an alias to what contains it')
    return visit(target, path)
  }

  function list(node: Node, path: Path): unknown {
    if (!isSeq(node)) return undefined
    return node.items.map((item, index) => visit(item as Node, [...path, index]))
  }

  function mapping(pairs: readonly Pair[], path: Path): unknown {
    const result: Record<string, unknown> = {}
    for (const { key, value } of pairs as readonly Pair<Node, Node | null>[]) {
      const name = isScalar(key) ? String(key.value) : undefined
      if (name === undefined) fault(key, path, 'a key must be plain text')
      else if (reserved.has(name)) fault(key, path, `"${name}" cannot be a key`)
      else if (Object.hasOwn(result, name)) fault(key, [...path, name], 'given twice, keep one')
      else result[name] = entry(key, value, [...path, name])
    }
    return result
  }

  function entry(key: Node, value: Node | null, path: Path): unknown {
    keys.set(pathKey(path), positionOf(lines, key))
    if (value === null) return null
    if (!isScalar(value) || value.value === null) values.set(pathKey(path), positionOf(lines, key))
    return visit(value, path)
  }

  return { data: visit(root, []), faults, values, keys }
}

function positionOf(lines: LineCounter, node: Node): Position {
  return lines.linePos(node.range?.[0] ?? 0)
}
