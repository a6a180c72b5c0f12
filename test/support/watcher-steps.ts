import { configMapYaml } from './manifests.ts'
import type { RightsSite } from './rights-site.ts'
import { until } from './until.ts'

/** What needs each right that deploy/ gives the watcher: whether it works. */
export function watcherSteps(
  site: RightsSite,
  newName: () => string,
): Readonly<Record<string, () => Promise<boolean>>> {
  let lease = 'none-yet'
  /** Whether what is changed by hand, once a watcher has listed the kind, is healed long before a sweep. */
  const isWatched =
    (resource: string, change: () => Promise<unknown>, isHealed: () => Promise<boolean>) =>
    async () => {
      const trail = await site.watcherAudit()
      const watcher = await site.startWatcher()
      const lists = async () =>
        (await trail.events()).filter(
          ({ verb, objectRef }) =>
            verb === 'list' &&
            objectRef?.resource === resource &&
            objectRef.namespace === site.namespace,
        ).length
      try {
        await until(
          'it watches, or may not',
          async () => watcher.output().includes('not watched') || (await lists()) > 0,
        )
        lease = /"lease":"([^"]+)"/.exec(watcher.output())?.[1] ?? lease
        const before = await lists()
        await change()
        await until('it is healed', isHealed, 5_000)
        // Who may list alone lists again after a second or two, and sees it then.
        return (await lists()) <= Math.max(before, 1)
      } catch {
        return false
      } finally {
        await watcher.kill('SIGTERM')
        await site.sync()
      }
    }
  const data = () => site.kubectl('get', 'cm/extra', '-o', 'jsonpath={.data}')
  const watchesConfigMaps = isWatched(
    'configmaps',
    () => site.kubectl('patch', 'cm/extra', '-p', '{"data":{"by":"hand"}}'),
    async () => !(await data()).includes('hand'),
  )
  const watchesDeployments = isWatched(
    'deployments',
    () => site.kubectl('scale', 'deployment/web', '--replicas=5'),
    async () =>
      (await site.kubectl('get', 'deployment/web', '-o', 'jsonpath={.spec.replicas}')) === '3',
  )
  const watchesAnew = async () => {
    await site.inSystem('delete', `lease/${lease}`, '--ignore-not-found')
    return watchesConfigMaps()
  }
  const watchesWhatIsNew = () => {
    const name = newName()
    const look = () => site.kubectl('get', `cm/${name}`, '-o', 'jsonpath={.data}')
    const change = async () => {
      await site.sync({ [`app/${name}.yaml`]: configMapYaml(name) })
      await site.kubectl('patch', `cm/${name}`, '-p', '{"data":{"by":"hand"}}')
    }
    return isWatched('configmaps', change, async () => !(await look()).includes('hand'))()
  }

  return {
    'landfall-watcher: list configmaps': watchesConfigMaps,
    'landfall-watcher: watch configmaps': watchesWhatIsNew,
    'landfall-watcher: get coordination.k8s.io/leases': watchesConfigMaps,
    'landfall-watcher: create coordination.k8s.io/leases': watchesAnew,
    'landfall-watcher: update coordination.k8s.io/leases': watchesConfigMaps,
    'watcher: list configmaps,services': watchesConfigMaps,
    'watcher: watch configmaps,services': watchesConfigMaps,
    'watcher: list apps/deployments': watchesDeployments,
    'watcher: watch apps/deployments': watchesDeployments,
  }
}
