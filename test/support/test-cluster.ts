import type { Test } from 'tap'
import type { Cluster } from '../../src/cluster/cluster.ts'
import { type ClusterDeps, createCluster } from '../../src/cluster/create-cluster.ts'
import type { ServiceAccountRef } from '../../src/domain/application.ts'
import { controlPlane, testNamespace } from './control-plane.ts'

export interface TestCluster {
  readonly cluster: Cluster
  /** This test's own. */
  readonly namespace: string
  readonly kubeconfig: string
  /** In the test's namespace. */
  readonly kubectl: (...args: readonly string[]) => Promise<string>
}

/** The real API server through our own client, closed after the test. */
export async function testCluster(t: Test, deps: Partial<ClusterDeps> = {}): Promise<TestCluster> {
  const plane = await controlPlane()
  const namespace = await testNamespace(t)
  const { kubeconfig } = plane
  const settings = {
    name: 'test',
    kind: 'kubeconfig',
    file: kubeconfig,
    context: undefined,
  } as const
  const cluster = createCluster(settings, { version: '1.2.3', ...deps })
  t.teardown(() => cluster.close())
  return {
    cluster,
    namespace,
    kubeconfig,
    kubectl: (...args) => plane.kubectl(['--namespace', namespace, ...args]),
  }
}

/** Ends when the authoriser, which follows roles by a watch of its own, has seen the grant. */
export async function untilAllowed(
  kubectl: TestCluster['kubectl'],
  { namespace, name }: ServiceAccountRef,
  action: readonly [verb: string, resource: string],
): Promise<void> {
  const as = `--as=system:serviceaccount:${namespace}:${name}`
  for (let asked = 0; asked < 100; asked += 1) {
    const isAllowed = await kubectl('auth', 'can-i', ...action, as).then(
      () => true,
      () => false,
    )
    if (isAllowed) return
  }
  throw new Error(`${name} never may ${action.join(' ')}`)
}
