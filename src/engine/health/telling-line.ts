import { cut, withoutControl } from './foreign-text.ts'
import { pickLine } from './pick-line.ts'

// A log is written by the program that failed: it may hold its secrets.

const longestLine = 1_000
const longestTold = 200
const mask = '[redacted]'

/**
 * The line of a log that says most about why the program ended, cut, and without what looks like a
 * secret. undefined: none.
 */
export function tellingLine(log: string): string | undefined {
  const lines = log
    .split('\n')
    .map((line) => withoutControl(line.slice(0, longestLine)).trimEnd())
    .filter((line) => line !== '')
  const line = pickLine(lines)?.trim()
  if (line === undefined) return undefined
  return cut(maskLikelySecrets(line), longestTold)
}

const secretWord =
  'pass(?:word|wd|phrase)?|pwd|secret|token|api[-_ ]?key|access[-_ ]?key|private[-_ ]?key|encryption[-_ ]?key|credentials?|authorization|cookie|session[-_ ]?id|dsn|connection[-_ ]?string|signature'

const patterns: readonly (readonly [RegExp, string])[] = [
  // scheme://user:password@host, user:password@tcp(host)
  [/[^\s"'`/@:]*:[^\s"'`@]+@/g, `${mask}@`],
  [/\b(bearer|basic)\s+[^\s"']+/gi, `$1 ${mask}`],
  // DB_PASSWORD=x, "token": "x", password 'x'
  [
    new RegExp(
      `((?:${secretWord})[\\w.-]*["']?\\s*(?:=>|[=:]|\\bis\\b)\\s*)("[^"]*"?|'[^']*'?|[^\\s,;&]+)`,
      'gi',
    ),
    `$1${mask}`,
  ],
  // client-secret x1, password 'x': a word without a digit may be a word of the sentence.
  [
    new RegExp(`((?:${secretWord})[\\w.-]*\\s+)("[^"]*"?|'[^']*'?|(?=\\S*\\d)\\S{6,})`, 'gi'),
    `$1${mask}`,
  ],
  // Keys and digests: long, of letters and digits.
  [/\b(?=[\w+=-]*\d)(?=[\w+=-]*[a-zA-Z])[\w+=-]{20,}/g, mask],
  [/\b(?=[\w+/=]*\d)(?=[\w+/=]*[a-z])(?=[\w+/=]*[A-Z])[\w+/=]{32,}/g, mask],
]

function maskLikelySecrets(line: string): string {
  return patterns.reduce((text, [pattern, replacement]) => text.replace(pattern, replacement), line)
}
