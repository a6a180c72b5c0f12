import { SubstitutionFault } from './fault.ts'

/** A place in a text. */
export interface Scanner {
  readonly text: string
  at: number
}

/** What a sticky pattern matches here, which is passed over; undefined: it does not match. */
export function take(scanner: Scanner, pattern: RegExp): string | undefined {
  pattern.lastIndex = scanner.at
  const found = pattern.exec(scanner.text)?.[0]
  scanner.at += found?.length ?? 0
  return found
}

interface ParameterOptions {
  /** Of the variable, for what is told. */
  readonly name: string
  /** Any of these characters ends it. */
  readonly stop: string
  readonly nested: () => string
  /** Whether `\/`, `\\` and `$$` stand for one character. */
  readonly escapes?: boolean
}

/** A text, or one `${…}` in its place; never nothing. */
export function readParameter(scanner: Scanner, options: ParameterOptions): string {
  if (take(scanner, /\$\{/y) !== undefined) return options.nested()
  const start = scanner.at
  const text = readText(scanner, options.stop, options.escapes === true)
  if (scanner.at > start) return text
  throw new SubstitutionFault(`\${${options.name}…} lacks what its operator needs`)
}

/** Any number of texts and `${…}`, up to the closing brace. */
export function readDefault(scanner: Scanner, nested: () => string): string {
  let result = ''
  while (scanner.at < scanner.text.length && scanner.text[scanner.at] !== '}') {
    result += take(scanner, /\$\{/y) === undefined ? readText(scanner, '}', false) : nested()
  }
  return result
}

function readText(scanner: Scanner, stop: string, escapes: boolean): string {
  let result = ''
  while (scanner.at < scanner.text.length) {
    const escaped = escapes ? take(scanner, /\$\$|\\[\\/]/y) : undefined
    const char = escaped?.[1] ?? scanner.text[scanner.at] ?? ''
    if (escaped === undefined) {
      if (stop.includes(char) || scanner.text.startsWith('${', scanner.at)) break
      scanner.at += 1
    }
    result += char
  }
  return result
}
