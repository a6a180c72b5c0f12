// What runtimes write around the message of what ended the program: the frames of its stack, and
// what is known of it besides.
const frame = /^\s+at \S|^\s+(?:File "|from \S)|^\s*\.\.\. \d+ |^\t\S+:\d+|^\s+\d+: /
const property =
  /^\s+\[?['"]?[\w$-]+['"]?\]?: (?:'.*'|".*"|-?[\d.]+n?|null|undefined|true|false|[[{].*),?$/
const stamp = /^(?:[[(]?\d[\d:.,/TZ+-]*[\])]?\s+|UTC\s+)+/

const headlines: readonly RegExp[] = [
  // Node, Python, Java, .NET: Error: …, java.lang.IllegalStateException: …, KeyError: …
  /^(?:Caused by: |---> |Unhandled exception\. |Exception in thread "[^"]*" )?(?:[\w$]+\.)*[\w$]*(?:Error|Exception)\b(?:[^:]*: *\S|$)/,
  // Go, PostgreSQL, and who writes as they do.
  /^(?:panic|fatal|fatal error|FATAL|ERROR|error)\b: *\S|^FATAL\b/,
  /^thread '[^']*' [^:]*panicked at /,
]

const speaksOfError =
  /error|exception|fatal|panic|fail|cannot|can't|denied|refused|not found|no such|unable|invalid|missing|timed? ?out/i

/**
 * Of the lines of a log, the one that says most about why the program ended: the last that is the
 * message of an error, else the last that speaks of one, else the last. undefined: there is none.
 */
export function pickLine(lines: readonly string[]): string | undefined {
  const said = joinPanics(lines.filter((line) => !frame.test(line) && !property.test(line)))
  return (
    said.findLast(isHeadline) ??
    said.findLast((line) => speaksOfError.test(line) && !/^\s/.test(line)) ??
    said.findLast((line) => speaksOfError.test(line)) ??
    said.at(-1) ??
    lines.at(-1)
  )
}

function isHeadline(line: string): boolean {
  const text = line.trim().replace(stamp, '')
  return isRubyMessage(text) || headlines.some((headline) => headline.test(text))
}

/** `main.rb:3:in 'fetch': key not found: "DB_URL" (KeyError)` */
function isRubyMessage(text: string): boolean {
  return /^\S+:\d+:in /.test(text) && /\([A-Z][\w:]*\)$/.test(text)
}

/** Rust writes the message below the place. */
function joinPanics(lines: readonly string[]): string[] {
  return lines.map((line, index) => {
    const isSplit = /^thread '[^']*' .*panicked at .*:$/.test(line)
    return isSplit ? `${line} ${lines[index + 1] ?? ''}`.trim() : line
  })
}
