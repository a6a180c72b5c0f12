import { createCluster } from '../src/cluster/create-cluster.ts'
import type { KubeObject } from '../src/domain/kube-object.ts'
import { controlPlane } from '../test/support/control-plane.ts'
import type { Scope } from '../test/support/scope.ts'
import { type Site, testSite } from '../test/support/site.ts'
import { atMost, type BenchContext, type Benchmark, type Report } from './benchmark.ts'
import { landfall } from './contender.ts'
import { nameOf, objectFiles } from './objects.ts'
import { median, percentile } from './statistics.ts'

/** Inventory, two lists, fence, the heal, what is stored of it, its Event. */
const mostRequests = 12
const longestMs = 30_000

interface Story {
  readonly title: string
  /** What kubectl does to the Deployment of that name. */
  change(name: string): readonly string[]
  /** undefined: it is gone. */
  isWrong(object: KubeObject | undefined): boolean
}

const holds = (object: KubeObject | undefined, text: string) =>
  JSON.stringify(object?.['spec'] ?? '').includes(text)

const stories: readonly Story[] = [
  {
    title: 'kubectl scale',
    change: (name) => ['scale', `deployment/${name}`, '--replicas=1'],
    isWrong: (object) => holds(object, '"replicas":1'),
  },
  {
    title: 'kubectl set image',
    change: (name) => ['set', 'image', `deployment/${name}`, 'agent=other:1'],
    isWrong: (object) => holds(object, 'other:1'),
  },
  {
    title: 'kubectl set env',
    change: (name) => ['set', 'env', `deployment/${name}`, 'DEBUG=true'],
    isWrong: (object) => holds(object, 'DEBUG'),
  },
  {
    title: 'kubectl delete',
    change: (name) => ['delete', `deployment/${name}`],
    isWrong: (object) => object === undefined,
  },
]

export const heal: Benchmark = {
  name: 'heal',
  title: 'from a change by hand, as a watch from outside saw it, until it saw it undone',
  run,
}

async function run({ scope, program, rounds }: BenchContext): Promise<Report> {
  const site = await testSite(scope, { program })
  // A Deployment of its own for each round: who repeats himself is let be after a while.
  const indexes = Array.from({ length: rounds * 2 }, (_, index) => index)
  const sha = await site.repository.commit(objectFiles('plain', indexes, 'r0'))
  const contender = await landfall(site)
  await contender.deploy(sha)
  const watch = await watchDeployments(scope, site)
  const trail = await (await controlPlane()).audit()
  const taken = new Map(stories.map((story) => [story, [] as number[]]))
  for (let round = 0; round < rounds; round += 1) {
    for (const story of stories) {
      const name = nameOf(round * 2 + 1)
      const undone = watch.undone(name, story)
      await site.kubectl(...story.change(name))
      taken.get(story)?.push(await undone)
    }
  }
  const asked = (await trail.events()).filter(
    (event) =>
      contender.asked(event) && event.verb !== 'watch' && event.objectRef?.resource !== 'leases',
  )
  const requests = asked.length / (rounds * stories.length)
  return {
    rows: Array.from(taken, ([{ title }, ms]) => ({
      '': title,
      'p50 ms': median(ms),
      'p95 ms': percentile(ms, 0.95),
      'min ms': Math.min(...ms),
      'max ms': Math.max(...ms),
      requests,
    })),
    gates: [atMost('requests of one heal', Math.round(requests), mostRequests)],
  }
}

interface Watch {
  /** Milliseconds from the event that showed it wrong to the one that showed it right again. */
  undone(name: string, story: Story): Promise<number>
}

async function watchDeployments(scope: Scope, site: Site): Promise<Watch> {
  const { kubeconfig: file } = await controlPlane()
  const settings = { name: 'bench', kind: 'kubeconfig', file, context: undefined } as const
  const cluster = createCluster(settings, { version: 'bench' })
  const stop = new AbortController()
  scope.teardown(async () => {
    stop.abort()
    await cluster.close()
  })
  let onSeen: (name: string, object: KubeObject | undefined) => void = () => {}
  const query = { group: 'apps', kind: 'Deployment', namespace: site.name }
  const { resourceVersion } = await cluster.own.list(query)
  const follow = async () => {
    const options = { resourceVersion, signal: stop.signal }
    for await (const event of cluster.own.watch(query, options)) {
      if (!('object' in event)) continue
      onSeen(event.object.metadata.name, event.type === 'DELETED' ? undefined : event.object)
    }
  }
  follow().catch((error: unknown) => {
    if (!stop.signal.aborted) throw error
  })
  return {
    undone(name, { isWrong, title }) {
      const { promise, resolve, reject } = Promise.withResolvers<number>()
      const late = setTimeout(() => reject(new Error(`${title}: not undone`)), longestMs)
      let wrongAt: number | undefined
      onSeen = (seen, object) => {
        if (seen !== name) return
        if (isWrong(object)) wrongAt ??= performance.now()
        else if (wrongAt !== undefined) {
          clearTimeout(late)
          resolve(performance.now() - wrongAt)
        }
      }
      return promise
    },
  }
}
