import { LineCounter, parseDocument, type Tags, type YAMLError } from 'yaml'
import { limits } from '../limits.ts'
import { type Decoded, nodeToValue } from './node-to-value.ts'
import { refuseUnread } from './refuse-unread.ts'
import type { DocumentText } from './split-documents.ts'

/**
 * Reads one YAML 1.1 document as kubectl would, except that what kubectl takes in silence and
 * changes (duplicate keys, integers no double can hold) is a problem. Never throws.
 */
export function decodeYaml({ text, line }: DocumentText): Decoded {
  const refusal = refuseUnread(text)
  if (refusal !== undefined) return { kind: 'bad', problems: [{ ...refusal, line }] }

  const counter = new LineCounter()
  const lineAt = (offset: number) => line + Math.max(counter.linePos(offset).line, 1) - 1
  try {
    const document = parseDocument(text, { ...yamlOptions, lineCounter: counter })
    const problems = document.errors.slice(0, maxErrors).map((error) => ({
      code:
        error.code === 'RESOURCE_EXHAUSTION'
          ? ('RENDER_LIMIT' as const)
          : ('RENDER_INVALID' as const),
      line: lineAt(error.pos[0]),
      message: `not valid YAML: ${sentences[error.code] ?? 'it cannot be understood'}`,
    }))
    if (problems.length > 0) return { kind: 'bad', problems }
    return nodeToValue(document.contents, lineAt)
  } catch (error: unknown) {
    if (!(error instanceof RangeError)) throw error
    const message = `it is nested deeper than ${limits.depth} levels`
    return { kind: 'bad', problems: [{ code: 'RENDER_LIMIT', line, message }] }
  }
}

// After the first errors the parser has lost its place, and reports what is none.
const maxErrors = 3

const yamlOptions = {
  version: '1.1',
  customTags: keepKubernetesTags,
  // Its messages quote the text, which may be a Secret's.
  prettyErrors: false,
  // Quadratic in the number of keys; nodeToValue finds duplicates itself.
  uniqueKeys: false,
  strict: true,
  stringKeys: false,
  logLevel: 'silent',
  keepSourceTokens: false,
} as const

// Go's YAML 1.1 knows no sexagesimal numbers, leaves timestamps as text, and JSON has no sets.
function keepKubernetesTags(tags: Tags): Tags {
  return tags.filter((tag) => {
    if (typeof tag === 'string') return true
    if ('format' in tag && tag.format === 'TIME') return false
    return !droppedTags.has(tag.tag.replace('tag:yaml.org,2002:', ''))
  })
}

const droppedTags = new Set(['timestamp', 'binary', 'set', 'omap', 'pairs', 'merge'])

const sentences: Readonly<Partial<Record<YAMLError['code'], string>>> = {
  ALIAS_PROPS: 'an alias has no tag or anchor of its own',
  BAD_ALIAS: 'an alias is malformed or names no anchor before it',
  BAD_COLLECTION_TYPE: 'a tag does not fit its value',
  BAD_DIRECTIVE: 'a directive (%) is malformed',
  BAD_DQ_ESCAPE: 'a double-quoted text has an unknown escape; use single quotes',
  BAD_INDENT: 'the indentation does not fit',
  BAD_PROP_ORDER: 'an anchor or tag stands in the wrong place',
  BAD_SCALAR_START: 'a text begins with a reserved character; quote it',
  BLOCK_AS_IMPLICIT_KEY: 'a mapping begins where a value was expected; quote texts that hold ": "',
  BLOCK_IN_FLOW: 'a block stands inside [] or {}',
  KEY_OVER_1024_CHARS: 'a key is longer than 1024 characters',
  MISSING_CHAR: 'a character is missing: a comma, colon, quote or closing bracket',
  MULTILINE_IMPLICIT_KEY: 'a key runs over several lines; is a colon missing?',
  MULTIPLE_ANCHORS: 'a value has two anchors',
  MULTIPLE_DOCS: 'a second document begins without ---',
  MULTIPLE_TAGS: 'a value has two tags',
  RESOURCE_EXHAUSTION: 'it is nested too deeply',
  TAB_AS_INDENT: 'a tab is used to indent; use spaces',
  TAG_RESOLVE_FAILED: 'a value does not fit its tag',
  UNEXPECTED_TOKEN: 'something stands where nothing is expected',
}
