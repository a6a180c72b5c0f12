import type { Origin } from '../domain/change.ts'
import type { KubeObject } from '../domain/kube-object.ts'
import { describeRef, refKey, refOf } from '../domain/kube-object.ts'
import { limits } from './limits.ts'
import { type LocatedProblem, problemsError } from './problem.ts'
import type { Manifests } from './read-manifests.ts'
import type { Rendered, RenderedObject } from './render.ts'

/** One text, and where a person would edit what stands at a line of it. */
export interface Part {
  readonly placeOf: (line: number) => Origin
  readonly manifests: Manifests
}

/** All objects together. Throws RENDER_* with every problem of every part. */
export function assemble(parts: readonly Part[], namespace: string): Rendered & { bytes: number } {
  const objects: RenderedObject[] = []
  const warnings: string[] = []
  const problems: LocatedProblem[] = []
  let bytes = 0
  for (const { placeOf, manifests } of parts) {
    for (const problem of manifests.problems) {
      problems.push({ ...problem, ...placeOf(problem.line) })
    }
    for (const { line, message } of manifests.warnings) {
      const place = placeOf(line)
      warnings.push(`${place.file}:${place.line}: ${message}`)
    }
    for (const { object, line, bytes: size } of manifests.objects) {
      objects.push(Object.freeze({ object, origin: Object.freeze({ ...placeOf(line) }) }))
      bytes += size
    }
  }
  problems.push(...findTwins(objects, namespace), ...findExcess(objects, bytes))
  if (problems.length > 0) throw problemsError(problems)
  return { objects: Object.freeze(objects), warnings: Object.freeze(warnings), bytes }
}

function findTwins(objects: readonly RenderedObject[], namespace: string): LocatedProblem[] {
  const first = new Map<string, RenderedObject>()
  return objects.flatMap((item) => {
    const ref = refIn(item.object, namespace)
    const twin = first.get(refKey(ref))
    if (twin === undefined) {
      first.set(refKey(ref), item)
      return []
    }
    const { file, line } = twin.origin
    const message = `it is also declared at ${file}:${line}; keep one`
    return [
      { code: 'RENDER_INVALID', ...item.origin, object: describeRef(refOf(item.object)), message },
    ]
  })
}

// Whether a kind has namespaces only the server knows: one left out counts as the application's.
function refIn(object: KubeObject, namespace: string) {
  const ref = refOf(object)
  return ref.namespace === '' ? { ...ref, namespace } : ref
}

function findExcess(objects: readonly RenderedObject[], bytes: number): LocatedProblem[] {
  const { file, line } = objects.at(-1)?.origin ?? { file: '', line: 1 }
  const over = (message: string): LocatedProblem[] => [
    { code: 'RENDER_LIMIT', file, line, message },
  ]
  if (objects.length > limits.objects) return over(`there are more than ${limits.objects} objects`)
  if (bytes > limits.bytes)
    return over(`all objects together are larger than ${limits.bytes} bytes`)
  return []
}
