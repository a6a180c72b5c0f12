import type { Problem } from '../problem.ts'

/** What is wrong with one node of a document; thrown and caught inside this folder. */
export class Refusal extends Error {
  readonly code: Problem['code']
  readonly offset: number

  constructor(code: Problem['code'], node: unknown, message: string) {
    super(message)
    this.code = code
    this.offset = offsetOf(node)
  }
}

/** Where the node begins in its document's text. */
export function offsetOf(node: unknown): number {
  return (node as { range?: [number, number, number] | null } | null)?.range?.[0] ?? 0
}
