import { limits } from '../limits.ts'
import { SubstitutionFault } from './fault.ts'
import { isOperator, type Operator, operate, operatorPattern } from './operators.ts'
import { readDefault, readParameter, type Scanner, take } from './scan.ts'

/** The value of a variable; undefined: there is none. */
export type Lookup = (name: string) => string | undefined

const maxDepth = 20
const longestName = 200

/**
 * Replaces `${…}` as Flux's envsubst does: the operators of bash, `$$` for one dollar, and every
 * other `$` left alone. Throws SubstitutionFault.
 */
export function expand(text: string, lookup: Lookup): string {
  const scanner = { text, at: 0 }
  let result = ''
  for (let dollar = text.indexOf('$'); dollar >= 0; dollar = text.indexOf('$', scanner.at)) {
    result += text.slice(scanner.at, dollar)
    scanner.at = dollar + 2
    const next = text[dollar + 1]
    if (next === '{') result += readExpression(scanner, lookup, 0)
    else if (next === '$') result += '$'
    else {
      scanner.at = dollar + 1
      result += '$'
    }
    checkLength(result)
  }
  return result + text.slice(scanner.at)
}

/** What follows `${`, its closing brace included. */
function readExpression(scanner: Scanner, lookup: Lookup, depth: number): string {
  if (depth > maxDepth)
    throw new SubstitutionFault(`\${…} is nested deeper than ${maxDepth} levels`)
  const nested = () => readExpression(scanner, lookup, depth + 1)
  const isLength = take(scanner, /#/y) !== undefined
  const name = take(scanner, /\w+/y)
  if (name === undefined) {
    throw new SubstitutionFault('a variable after ${ has no name; write $${ for the text itself')
  }
  if (name.length > longestName) throw new SubstitutionFault('the name of a variable is too long')
  if (isLength) {
    close(scanner, name)
    return String(Array.from(required(name, lookup)).length)
  }
  const operator = take(scanner, operatorPattern) ?? ''
  if (!isOperator(operator)) {
    throw new SubstitutionFault(
      `\${${name}${operator}…} is not supported: shells and Flux differ in what ${operator} means`,
    )
  }
  const parameters = readParameters(scanner, operator, { name, nested })
  close(scanner, name)
  const value = isDefault(operator) ? (lookup(name) ?? '') : required(name, lookup)
  const result = operate(operator, value, parameters)
  checkLength(result)
  return result
}

function readParameters(scanner: Scanner, operator: Operator, options: Options): string[] {
  if (takesNone.test(operator)) return []
  if (isDefault(operator)) return [readDefault(scanner, options.nested)]
  if (operator === ':') return readPart(scanner, options)
  if (operator.startsWith('/')) return readReplacement(scanner, operator, options)
  return [readParameter(scanner, { ...options, stop: '}' })]
}

interface Options {
  /** Of the variable. */
  readonly name: string
  readonly nested: () => string
}

const takesNone = /^(?:|\^\^?|,,?)$/

function isDefault(operator: Operator): boolean {
  return operator === '=' || operator === ':=' || operator === ':-'
}

function readPart(scanner: Scanner, options: Options): string[] {
  const from = readParameter(scanner, { ...options, stop: ':}' })
  if (take(scanner, /:+/y) === undefined) return [from]
  return [from, readParameter(scanner, { ...options, stop: '}' })]
}

function readReplacement(scanner: Scanner, operator: Operator, options: Options): string[] {
  const isNext = (char: string) => scanner.text[scanner.at] === char
  const read = (stop: string) => readParameter(scanner, { ...options, stop, escapes: true })
  const wanted = isNext('/') ? '' : read('/')
  if (take(scanner, /\/+/y) === undefined) {
    throw new SubstitutionFault(
      `\${${options.name}${operator}…} lacks the / before its replacement`,
    )
  }
  return isNext('}') ? [wanted, ''] : [wanted, read('}')]
}

function close(scanner: Scanner, name: string): void {
  if (take(scanner, /\}/y) !== undefined) return
  throw new SubstitutionFault(
    `\${${name}…} is malformed or not closed; write $\${ for the text itself`,
  )
}

function required(name: string, lookup: Lookup): string {
  const value = lookup(name)
  if (value !== undefined) return value
  throw new SubstitutionFault(
    `variable ${name} is not defined; add it to render.substitute.variables, give it a default ` +
      `with \${${name}:=…}, write $\${${name}} for the text itself, or annotate the object with ` +
      'landfall.dev/substitute: disabled',
  )
}

function checkLength({ length }: string): void {
  if (length <= limits.objectBytes) return
  throw new SubstitutionFault(`with its variables it is larger than ${limits.objectBytes} bytes`)
}
