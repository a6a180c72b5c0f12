import { createHmac } from 'node:crypto'
import type { KubeObject } from '../domain/kube-object.ts'
import { canonicalJson, hashOf } from './canonical-json.ts'

/** Tells whether Git still says of an object what was last applied. */
export type HashDesired = (object: KubeObject) => string

/**
 * A Secret's hash is keyed, and so is that of every object where secrets may be in any
 * (`isSecret`): who may read the inventory but not the Secret would else guess its weaker values.
 */
export function createDesiredHash(key: Buffer, isSecret = false): HashDesired {
  return (object) =>
    isSecret || (object.kind === 'Secret' && object.apiVersion === 'v1')
      ? createHmac('sha256', key).update(canonicalJson(object)).digest('hex')
      : hashOf(object)
}
