import type { KubeObject } from '../domain/kube-object.ts'
import { readNumber } from './health/read-field.ts'

/** A Job with a time to live: gone, it has ended, and made again it would run again. */
export function removesItself(object: KubeObject): boolean {
  const { kind, apiVersion } = object
  const isJob = kind === 'Job' && apiVersion.startsWith('batch/')
  return isJob && readNumber(object, 'spec', 'ttlSecondsAfterFinished') !== undefined
}
