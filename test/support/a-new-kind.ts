import type { Cluster } from '../../src/cluster/cluster.ts'
import type { TestCluster } from './test-cluster.ts'

/** A namespaced kind Widget the server serves from now on; `spec.colour` defaults to blue. */
export async function aNewKind(
  cluster: Cluster,
  namespace: string,
  kubectl: TestCluster['kubectl'],
): Promise<{ readonly group: string; readonly version: string; readonly kind: string }> {
  const group = `${namespace}.example.com`
  const spec = {
    type: 'object',
    properties: { size: { type: 'integer' }, colour: { type: 'string', default: 'blue' } },
  }
  const name = `widgets.${group}`
  await cluster.own.apply({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind: 'Widget', plural: 'widgets', singular: 'widget' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', properties: { spec } } },
        },
      ],
    },
  })
  await kubectl('wait', '--for=condition=Established', `crd/${name}`)
  cluster.discovery.refresh()
  return { group, version: 'v1', kind: 'Widget' }
}
