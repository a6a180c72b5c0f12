import type { Test } from 'tap'
import type { KubeRequest, Target } from '../../src/cluster/kube-request.ts'
import type { ClusterAccess } from '../../src/cluster/kubeconfig.ts'
import { createTransport, type TransportDeps } from '../../src/cluster/transport.ts'

export const target: Target = {
  resource: 'configmaps',
  group: '',
  kind: 'ConfigMap',
  namespace: 'shop',
  name: 'settings',
}

export const read: KubeRequest = {
  verb: 'get',
  path: '/api/v1/namespaces/shop/configmaps/settings',
  target,
}

export function aTransport(t: Test, origin: string, overrides: Partial<TransportDeps> = {}) {
  const waits: number[] = []
  const transport = createTransport({
    clusterName: 'prod',
    version: '1.2.3',
    clock: { now: () => 0 },
    random: () => 0.5,
    wait: async (ms) => {
      waits.push(ms)
    },
    loadAccess: async () => accessTo(origin),
    ...overrides,
  })
  t.teardown(() => transport.close())
  return { transport, waits }
}

export function accessTo(origin: string, overrides: Partial<ClusterAccess> = {}): ClusterAccess {
  return {
    origin,
    basePath: '',
    proxyUrl: undefined,
    tls: {},
    authorization: async () => 'Bearer one',
    ...overrides,
  }
}
