import type { Desired } from '../../src/domain/change.ts'
import type { KubeObject } from '../../src/domain/kube-object.ts'
import { desiredOf } from './objects.ts'

interface Wish {
  readonly apiVersion?: string
  readonly kind?: string
  readonly name: string
  /** '': cluster-scoped. */
  readonly namespace?: string
  readonly annotations?: Readonly<Record<string, string>>
  readonly fields?: Readonly<Record<string, unknown>>
  readonly line?: number
}

/** An object of any kind in the namespace shop, for what is decided from names and annotations. */
export function anOrdered(wish: Wish): Desired {
  const { apiVersion = 'v1', kind = 'ConfigMap', name, namespace = 'shop' } = wish
  const { annotations = {}, fields = {}, line = 1 } = wish
  const object: KubeObject = {
    apiVersion,
    kind,
    metadata: { name, ...(namespace === '' ? {} : { namespace }), annotations },
    ...fields,
  }
  return desiredOf(object, `${name}.yaml`, line)
}

export function anOrderedDeployment(
  name: string,
  annotations: Readonly<Record<string, string>> = {},
  podSpec: Readonly<Record<string, unknown>> = {},
): Desired {
  const fields = { spec: { template: { spec: podSpec } } }
  return anOrdered({ apiVersion: 'apps/v1', kind: 'Deployment', name, annotations, fields })
}
