import type { IgnoreRule } from '../domain/application.ts'
import type { ObjectRef } from '../domain/kube-object.ts'
import { matchesPattern } from '../domain/name-pattern.ts'
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
    matchesPattern(rule.name, ref.name)
  )
}
