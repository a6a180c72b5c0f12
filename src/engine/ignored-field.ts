import type { IgnoreRule } from '../domain/application.ts'
import type { ObjectRef } from '../domain/kube-object.ts'
import { isCovered } from './json-pointer.ts'

/** The JSON pointers that the application's ignore rules name for this object. */
export function ignoredPointers(rules: readonly IgnoreRule[], ref: ObjectRef): string[] {
  return rules.filter((rule) => ruleMatches(rule, ref)).flatMap((rule) => rule.fields)
}

export function isIgnored(pointer: string, ignored: readonly string[]): boolean {
  return ignored.some((rule) => isCovered(pointer, rule))
}

function ruleMatches(rule: IgnoreRule, ref: ObjectRef): boolean {
  return (
    rule.kind === ref.kind &&
    (rule.group === undefined || rule.group === ref.group) &&
    (rule.namespace === undefined || rule.namespace === ref.namespace) &&
    nameMatches(rule.name, ref.name)
  )
}

/** `*` stands for any run of characters; everything else for itself. No regular expression. */
function nameMatches(pattern: string, name: string): boolean {
  const [first = '', ...rest] = pattern.split('*')
  const last = rest.pop()
  if (last === undefined) return pattern === name
  if (!name.startsWith(first) || !name.endsWith(last)) return false
  let at = first.length
  for (const part of rest) {
    const found = name.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return at <= name.length - last.length
}
