import { controlPlane } from './control-plane.ts'
import type { SyncBench } from './sync-bench.ts'

/** '': there is none. */
export function uidOf(bench: SyncBench, object: string): Promise<string> {
  return bench.kubectl('get', object, '-o', 'jsonpath={.metadata.uid}', '--ignore-not-found')
}

export function namesOf(bench: SyncBench, kind: string): Promise<string> {
  return bench.kubectl('get', kind, '-o', 'jsonpath={.items[*].metadata.name}')
}

/** Names of the objects that Landfall writes meanwhile in the bench's namespace, oldest first. */
export async function madeIn(bench: SyncBench, run: () => Promise<unknown>): Promise<string[]> {
  const trail = await (await controlPlane()).audit()
  await run()
  return (await trail.events()).flatMap(({ verb, requestURI, userAgent, objectRef }) =>
    userAgent?.startsWith('landfall/') === true &&
    objectRef?.namespace === bench.namespace &&
    verb === 'patch' &&
    !requestURI.includes('dryRun=')
      ? [String(objectRef.name)]
      : [],
  )
}

/** As the kubelet does when the program of its pod has ended well. */
export async function completeJob(bench: SyncBench): Promise<void> {
  await bench.kubectl('wait', '--for=create', '--timeout=30s', 'pods', '-l', 'app=migrate')
  const pod = await bench.kubectl('get', 'pods', '-l', 'app=migrate', '-o', 'name')
  const status = JSON.stringify({ status: { phase: 'Succeeded' } })
  await bench.kubectl('patch', pod, '--subresource=status', '--type=merge', '-p', status)
}
