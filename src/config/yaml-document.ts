import { type Document, LineCounter, parseDocument, type YAMLError } from 'yaml'
import type { Path, Position } from './problem.ts'
import { maxDepth, pathKey, walkYaml, type YamlFault } from './yaml-walk.ts'

/** A YAML file as plain data, and where in the file each part of it stands. */
export interface YamlDocument {
  /** undefined where the file is empty or has faults that leave nothing to read. */
  readonly data: unknown
  readonly faults: readonly YamlFault[]
  /** Of a value, or of the nearest parent where there is none. */
  locate(path: Path): Position
  /** Of the key itself. */
  locateKey(path: Path): Position
}

const start: Position = { line: 1, col: 1 }

/** Reads one YAML 1.2 document by its core schema. Never throws: faults say what is wrong where. */
export function readYaml(text: string): YamlDocument {
  const lines = new LineCounter()
  const document = parse(text, lines)
  if (document === undefined) {
    return unread([{ ...start, path: [], message: `deeper than ${maxDepth} levels` }])
  }
  const errors = [...document.errors, ...document.warnings]
  if (errors.length > 0) return unread(errors.map((error) => describe(error, lines)))
  if (document.contents === null) return unread([])
  const { data, faults, values, keys } = walkYaml(document.contents, lines)
  const locate = (path: Path) => nearest(values, path)
  return { data, faults, locate, locateKey: (path) => keys.get(pathKey(path)) ?? locate(path) }
}

function parse(text: string, lines: LineCounter): Document.Parsed | undefined {
  try {
    // The library's check of unique keys takes minutes for 100,000 keys; the walk makes it instead.
    return parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false })
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

function unread(faults: readonly YamlFault[]): YamlDocument {
  return { data: undefined, faults, locate: () => start, locateKey: () => start }
}

function describe(error: YAMLError, lines: LineCounter): YamlFault {
  const position = lines.linePos(error.pos[0])
  if (error.code === 'MULTIPLE_DOCS') {
    return { ...position, path: [], message: 'a second document begins here, keep one' }
  }
  // What follows a colon is the offending text, which may be a secret.
  const [sentence] = error.message.split(':', 1)
  return { ...position, path: [], message: `not valid YAML: ${sentence}` }
}

function nearest(positions: ReadonlyMap<string, Position>, path: Path): Position {
  for (let length = path.length; length >= 0; length -= 1) {
    const position = positions.get(pathKey(path.slice(0, length)))
    if (position !== undefined) return position
  }
  return start
}
