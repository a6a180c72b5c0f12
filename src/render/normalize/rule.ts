import type { KubeObject } from '../../domain/kube-object.ts'

/** Where a rule says what it found. `at` is the part of the object it is about. */
export interface Notes {
  problem(message: string, at?: unknown): void
  warn(message: string, at?: unknown): void
}

/** Makes one thing of an object canonical; the same object when there is nothing to do. */
export type Rule = (object: KubeObject, notes: Notes) => KubeObject
