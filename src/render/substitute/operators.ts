import { limits } from '../limits.ts'
import { SubstitutionFault } from './fault.ts'
import { trimPrefix, trimSuffix } from './trim.ts'

type Operate = (value: string, first: string, second: string) => string

const ifEmpty: Operate = (value, first) => (value === '' ? first : value)

/** What an operator makes of a value; Flux counts bytes where these count characters. */
const operators = {
  '': (value) => value,
  '=': ifEmpty,
  ':=': ifEmpty,
  ':-': ifEmpty,
  '^': (value) => changeFirst(value, (char) => char.toUpperCase()),
  '^^': (value) => value.toUpperCase(),
  ',': (value) => changeFirst(value, (char) => char.toLowerCase()),
  ',,': (value) => value.toLowerCase(),
  ':': substring,
  '#': (value, glob) => trimPrefix(value, glob, false),
  '##': (value, glob) => trimPrefix(value, glob, true),
  '%': (value, glob) => trimSuffix(value, glob, false),
  '%%': (value, glob) => trimSuffix(value, glob, true),
  '/': (value, wanted, replacement) => value.replace(wanted, () => replacement),
  '//': replaceAll,
  '/#': (value, wanted, replacement) =>
    value.startsWith(wanted) ? replacement + value.slice(wanted.length) : value,
  '/%': (value, wanted, replacement) =>
    value.endsWith(wanted) ? value.slice(0, value.length - wanted.length) + replacement : value,
} as const satisfies Readonly<Record<string, Operate>>

export type Operator = keyof typeof operators

/** Longest first; with those that are refused. */
export const operatorPattern = /:[-=?+]|:|[-=?+]|\^\^?|,,?|\/[/#%]?|##?|%%?/y

export function isOperator(text: string): text is Operator {
  return Object.hasOwn(operators, text)
}

export function operate(
  operator: Operator,
  value: string,
  [first = '', second = '']: readonly string[],
): string {
  return operators[operator](value, first, second)
}

function changeFirst(value: string, change: (char: string) => string): string {
  const [first = ''] = value
  return change(first) + value.slice(first.length)
}

/** A position or length that is no number leaves the value as it is, as in bash. */
function substring(value: string, position: string, length: string): string {
  const isNumber = (text: string) => /^[-+]?\d+$/.test(text)
  if (!isNumber(position) || (length !== '' && !isNumber(length))) return value
  const chars = Array.from(value)
  const start =
    Number(position) < 0 ? Math.max(chars.length + Number(position), 0) : Number(position)
  if (length === '') return chars.slice(start).join('')
  const end = Number(length) < 0 ? chars.length + Number(length) : start + Number(length)
  return chars.slice(start, Math.max(end, start)).join('')
}

function replaceAll(value: string, wanted: string, replacement: string): string {
  const times = wanted === '' ? value.length + 1 : value.split(wanted).length - 1
  if (times * replacement.length > limits.objectBytes) {
    throw new SubstitutionFault(`with its variables it is larger than ${limits.objectBytes} bytes`)
  }
  return value.replaceAll(wanted, () => replacement)
}
