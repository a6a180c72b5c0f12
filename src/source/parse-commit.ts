import { parseCommitSha, type Revision } from '../domain/revision.ts'

const maxText = 300

/**
 * A commit object's content, as `git log` tells it: the subject is its first paragraph, the
 * trailers its last one. undefined: it is none.
 */
export function parseCommit(oid: string, content: Buffer): Revision | undefined {
  const end = content.indexOf('\n\n')
  const headers = headersOf(content.toString('latin1', 0, end < 0 ? content.length : end))
  const sha = parseCommitSha(oid)
  const rootTree = headers.get('tree')
  if (sha === undefined || rootTree === undefined) return undefined
  const decode = decoderOf(headers.get('encoding'))
  const message = decode(content.subarray(end < 0 ? content.length : end + 2))
  const paragraphs = paragraphsOf(message)
  return {
    sha,
    rootTree,
    author: plain(nameOf(decode(Buffer.from(headers.get('author') ?? '', 'latin1')))),
    committedAt: timeOf(headers.get('committer') ?? ''),
    subject: plain((paragraphs[0] ?? []).map((line) => line.trimEnd()).join(' ')),
    allowsPrune: allowsPrune(paragraphs),
  }
}

/** The first of each name; lines that go on (of a signature) begin with a space. */
function headersOf(text: string): ReadonlyMap<string, string> {
  const headers = new Map<string, string>()
  for (const line of text.split('\n')) {
    const [, name, value] = /^([a-z]+) (.*)$/.exec(line) ?? []
    if (name !== undefined && value !== undefined && !headers.has(name)) headers.set(name, value)
  }
  return headers
}

function decoderOf(encoding = 'utf-8'): (bytes: Uint8Array) => string {
  try {
    const decoder = new TextDecoder(encoding)
    return (bytes) => decoder.decode(bytes)
  } catch {
    return (bytes) => Buffer.from(bytes).toString('utf8')
  }
}

function nameOf(person: string): string {
  return person.replace(/ ?<[^>]*>[^>]*$/, '').trim()
}

/** `Ada <ada@example.com> 1767225600 +0100` → `2026-01-01T01:00:00+01:00`. */
function timeOf(person: string): string {
  const [, seconds = '', sign = '', hours = '', minutes = ''] =
    /> (\d{1,12}) ([+-])(\d\d)(\d\d)$/.exec(person) ?? []
  if (seconds === '') return ''
  const offset = (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -1 : 1)
  const local = new Date((Number(seconds) + offset * 60) * 1000)
  const zone = offset === 0 ? 'Z' : `${sign}${hours}:${minutes}`
  return local.toISOString().replace(/\.\d+Z$/, zone)
}

function paragraphsOf(message: string): readonly (readonly string[])[] {
  const paragraphs: string[][] = [[]]
  for (const line of message.split('\n')) {
    if (line.trim() !== '') paragraphs.at(-1)?.push(line)
    else if (paragraphs.at(-1)?.length !== 0) paragraphs.push([])
  }
  return paragraphs.filter((lines) => lines.length > 0)
}

/** By git-interpret-trailers(1): the last paragraph, if it holds trailers alone or one of git's own. */
function allowsPrune(paragraphs: readonly (readonly string[])[]): boolean {
  const items = unfold(paragraphs.at(-1) ?? [])
  const ours = items.filter(([head = '']) => ownTrailer.test(head))
  const value = ours[0]?.join('\n') ?? ''
  if (paragraphs.length < 2 || ours.length !== 1 || !/^[^:]*:\s*true\s*$/.test(value)) return false
  const trailers = items.filter(([head = '']) => trailer.test(head) || gitsOwn.test(head))
  const others = items.filter((item) => !trailers.includes(item)).flat().length
  return (
    others === 0 ||
    (items.some(([head = '']) => gitsOwn.test(head)) && trailers.length * 3 >= others)
  )
}

/** Each line with those that go on with it, which are indented. */
function unfold(lines: readonly string[]): readonly (readonly string[])[] {
  const items: string[][] = []
  for (const line of lines) {
    const before = items.at(-1)
    if (/^\s/.test(line) && before !== undefined) before.push(line)
    else items.push([line])
  }
  return items
}

const trailer = /^[A-Za-z0-9-]+\s*:/
const gitsOwn = /^(?:Signed-off-by: |\(cherry picked from commit )/
const ownTrailer = /^landfall-allow-prune\s*:/i

// A message may be as long as its author likes. A terminal obeys control characters, and bidi
// overrides reorder what a page shows.
function plain(text: string): string {
  const start = text.slice(0, 4 * maxText)
  return start.replace(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu, '').slice(0, maxText)
}
