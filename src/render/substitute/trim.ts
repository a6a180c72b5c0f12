import { SubstitutionFault } from './fault.ts'

type Token =
  | { readonly kind: 'star' | 'any' }
  | { readonly kind: 'chars'; readonly negated: boolean; has(char: string): boolean }

const maxSteps = 4_000_000

/** Without the shortest, or longest, beginning that the glob matches. */
export function trimPrefix(value: string, glob: string, isLongest: boolean): string {
  const tokens = tokensOf(glob)
  return tokens === undefined ? value : cut(Array.from(value), tokens, isLongest).join('')
}

/** Without the shortest, or longest, end that the glob matches. */
export function trimSuffix(value: string, glob: string, isLongest: boolean): string {
  const tokens = tokensOf(glob)?.toReversed()
  if (tokens === undefined) return value
  return cut(Array.from(value).toReversed(), tokens, isLongest).toReversed().join('')
}

function cut(chars: readonly string[], tokens: readonly Token[], isLongest: boolean) {
  if (chars.length * tokens.length > maxSteps) {
    throw new SubstitutionFault('a value is too long to be trimmed by that pattern')
  }
  const lengths = matchingLengths(chars, tokens)
  return chars.slice((isLongest ? lengths.at(-1) : lengths[0]) ?? 0)
}

/**
 * How many first characters the tokens match, in all ways, never none. All ways are followed at
 * once: a pattern with many stars costs no more than one with few.
 */
function matchingLengths(chars: readonly string[], tokens: readonly Token[]): number[] {
  const lengths: number[] = []
  let states = withSkippedStars([0], tokens)
  for (const [index, char] of chars.entries()) {
    const next = Array.from(states).flatMap((state) => {
      const token = tokens[state]
      if (token === undefined || !matches(token, char)) return []
      return token.kind === 'star' ? [state] : [state + 1]
    })
    states = withSkippedStars(next, tokens)
    if (states.has(tokens.length)) lengths.push(index + 1)
    if (states.size === 0) break
  }
  return lengths
}

function withSkippedStars(states: readonly number[], tokens: readonly Token[]): Set<number> {
  const all = new Set(states)
  // A set that grows while it is walked is walked to its end.
  for (const state of all) if (tokens[state]?.kind === 'star') all.add(state + 1)
  return all
}

function matches(token: Token, char: string): boolean {
  return token.kind !== 'chars' || token.has(char) !== token.negated
}

const tokenPattern = /\*+|\?|\[(\^?)((?:\\[^]|[^\]\\])+)\]|\\([^])|[^[\\]/uy

/** undefined: it is no valid pattern. */
function tokensOf(glob: string): Token[] | undefined {
  const tokens: Token[] = []
  tokenPattern.lastIndex = 0
  for (let at = 0; at < glob.length; at = tokenPattern.lastIndex) {
    const match = tokenPattern.exec(glob)
    if (match === null) return undefined
    const [text, negated, members, escaped] = match
    if (text.startsWith('*')) tokens.push({ kind: 'star' })
    else if (text === '?') tokens.push({ kind: 'any' })
    else if (members === undefined) tokens.push(charToken(escaped ?? text))
    else tokens.push({ kind: 'chars', negated: negated === '^', has: memberTest(members) })
  }
  return tokens
}

function charToken(char: string): Token {
  return { kind: 'chars', negated: false, has: (other) => other === char }
}

function memberTest(members: string): (char: string) => boolean {
  const ranges = Array.from(
    members.matchAll(/(\\[^]|[^\\])(?:-(\\[^]|[^\\]))?/gu),
    ([, from = '', to = from]) => [from.replace(/^\\/, ''), to.replace(/^\\/, '')] as const,
  )
  return (char) => ranges.some(([from, to]) => from <= char && char <= to)
}
