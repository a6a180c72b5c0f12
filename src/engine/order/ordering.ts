import type { KubeObject } from '../../domain/kube-object.ts'
import { parseDependsOn } from './depends-on.ts'

/** What an object's annotations ask about its place in the order. */
export interface Ordering {
  /** Lower ones first; each is healthy before the next begins. */
  readonly wave: number
  /** `refKey`s of what has to be healthy before it. */
  readonly dependsOn: readonly string[]
  readonly problems: readonly string[]
}

export const waves = ['landfall.dev/wave', 'argocd.argoproj.io/sync-wave']
const dependencies = ['landfall.dev/depends-on', 'config.kubernetes.io/depends-on']

/** The annotations of Landfall, and those of Argo CD and cli-utils that mean the same. */
export function readOrdering(object: Pick<KubeObject, 'metadata'>): Ordering {
  const annotations = object.metadata.annotations ?? {}
  const problems: string[] = []
  const dependsOn = new Set<string>()
  for (const name of dependencies) {
    const text = annotations[name]
    if (text === undefined || text.trim() === '') continue
    const found = parseDependsOn(text)
    for (const key of found.keys) dependsOn.add(key)
    problems.push(...found.problems.map((problem) => `${name}: ${problem}`))
  }
  return { wave: readNumber(annotations, waves, problems), dependsOn: [...dependsOn], problems }
}

/** The first of these annotations that is there, as a whole number; 0 without any. */
export function readNumber(
  annotations: Readonly<Record<string, string>>,
  names: readonly string[],
  problems: string[],
): number {
  const name = names.find((one) => annotations[one] !== undefined)
  const text = (name && annotations[name]?.trim()) ?? '0'
  if (/^[+-]?\d{1,9}$/.test(text)) return Number(text)
  problems.push(`${name}: ${JSON.stringify(text)} is no whole number; write one, such as "1"`)
  return 0
}
