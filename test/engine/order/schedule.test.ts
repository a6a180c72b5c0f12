import fc from 'fast-check'
import { test } from 'tap'
import { refKey } from '../../../src/domain/kube-object.ts'
import { findCycles } from '../../../src/engine/order/find-cycles.ts'
import { orderGraph } from '../../../src/engine/order/order-graph.ts'
import type { OrderNode } from '../../../src/engine/order/order-node.ts'
import { pruneGraph } from '../../../src/engine/order/prune-graph.ts'
import { runSchedule } from '../../../src/engine/order/run-schedule.ts'
import { createSchedule, type Step } from '../../../src/engine/order/schedule.ts'
import { anOrdered } from '../../support/ordered-objects.ts'

const kinds = [
  ['v1', 'Namespace'],
  ['v1', 'ConfigMap'],
  ['v1', 'ResourceQuota'],
  ['apps/v1', 'Deployment'],
  ['example.com/v1', 'Widget'],
  ['apiextensions.k8s.io/v1', 'CustomResourceDefinition'],
  ['admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration'],
  ['apiregistration.k8s.io/v1', 'APIService'],
] as const
const clusterKinds: readonly string[] = kinds.flatMap(([, kind], i) =>
  i === 0 || i > 4 ? [kind] : [],
)

const anObject = fc.record({
  kind: fc.constantFrom(...kinds),
  wave: fc.option(fc.integer({ min: -2, max: 2 })),
  mounts: fc.option(fc.nat(11)),
  dependsOn: fc.array(fc.nat(11), { maxLength: 2 }),
})

/** Up to twelve objects of all kinds in every order that annotations can ask for. */
const objects = fc.array(anObject, { minLength: 1, maxLength: 12 }).map((wishes) => {
  const names = wishes.map(({ kind: [apiVersion, kind] }, index) => {
    const group = apiVersion.includes('/') ? apiVersion.split('/')[0] : ''
    const home = clusterKinds.includes(kind) ? '' : 'namespaces/shop/'
    return `${group}/${home}${kind}/${kind === 'Namespace' ? 'shop' : `o${index}`}`
  })
  const all = wishes.map(({ kind: [apiVersion, kind], wave, mounts, dependsOn }, index) => {
    const on = [...new Set(dependsOn.flatMap((at) => names[at] ?? []))]
    const spec = {
      group: 'example.com',
      names: { kind: 'Widget' },
      template: { spec: { volumes: [{ configMap: { name: `o${mounts}` } }] } },
    }
    return anOrdered({
      apiVersion,
      kind,
      name: kind === 'Namespace' ? 'shop' : `o${index}`,
      namespace: clusterKinds.includes(kind) ? '' : 'shop',
      annotations: {
        ...(wave === null ? {} : { 'landfall.dev/wave': String(wave) }),
        ...(on.length === 0 ? {} : { 'config.kubernetes.io/depends-on': on.join(',') }),
      },
      fields: { spec },
    })
  })
  return [...new Map(all.map((item) => [refKey(item.ref), item])).values()]
})

const graphs = objects.map(orderGraph).filter((nodes) => findCycles(nodes).length === 0)

interface Told extends Step {
  /** How the needs of the node had ended when it was given. */
  readonly ended: ReadonlyMap<string, 'success' | 'failure'>
}

/** Runs to the end: which of those given ends next, and how, is drawn. */
function play(nodes: readonly OrderNode[], draw: () => number): Told[] {
  const schedule = createSchedule(nodes)
  const ended = new Map<string, 'success' | 'failure'>()
  const told: Told[] = []
  const underWay: Step[] = []
  for (;;) {
    for (let step = schedule.next(draw() > 0.2); step !== undefined; step = schedule.next(true)) {
      told.push({ ...step, ended: new Map(ended) })
      underWay.push(step)
    }
    const [step] = underWay.splice(Math.floor(draw() * underWay.length), 1)
    if (step === undefined && schedule.left() === 0) return told
    if (step === undefined) continue
    const result = step.blockedBy === undefined && draw() > 0.3 ? 'success' : 'failure'
    ended.set(step.node.key, result)
    schedule.end(step.node.key, result)
  }
}

const draws = fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true }))
const drawFrom = (stream: Iterator<number>) => () => Number(stream.next().value)

function keepsEdges(nodes: readonly OrderNode[], told: readonly Told[]): boolean {
  const keys = new Set(nodes.map(({ key }) => key))
  return (
    told.length === nodes.length &&
    new Set(told.map(({ node }) => node.key)).size === nodes.length &&
    told.every(({ node, blockedBy, ended }) => {
      const needs = node.needs.filter(({ key }) => keys.has(key))
      const hasFailed = needs.some(
        ({ key, on }) => on === 'success' && ended.get(key) === 'failure',
      )
      return needs.every(({ key }) => ended.has(key)) && hasFailed === (blockedBy !== undefined)
    })
  )
}

test('the scheduler', async (t) => {
  await t.test('never violates an edge, and gives every object once', async (t) => {
    const property = fc.property(graphs, draws, (nodes, stream) =>
      keepsEdges(nodes, play(nodes, drawFrom(stream))),
    )

    t.doesNotThrow(() => fc.assert(property, { numRuns: 500 }))
  })

  await t.test('deletes in an order without circles, whatever the annotations say', async (t) => {
    const property = fc.property(objects, draws, (all, stream) => {
      const { nodes } = pruneGraph(all)
      return keepsEdges(nodes, play(nodes, drawFrom(stream)))
    })

    t.doesNotThrow(() => fc.assert(property, { numRuns: 500 }))
  })

  await t.test('names the failure that all the others come from', async (t) => {
    const schedule = createSchedule([
      aNode('a'),
      aNode('b', 'a'),
      aNode('c', 'b'),
      { ...aNode('d'), needs: [{ key: 'a', on: 'end' }] },
    ])
    schedule.next(true)
    schedule.end('a', 'failure')

    const second = [schedule.next(true), schedule.next(true)]
    schedule.end('b', 'failure')

    t.match(second, [{ node: { key: 'b' }, blockedBy: 'a' }, { node: { key: 'd' } }])
    t.equal(second[1]?.blockedBy, undefined)
    t.match(schedule.next(false), { node: { key: 'c' }, blockedBy: 'a' })
  })
})

function aNode(key: string, ...needs: string[]): OrderNode {
  return {
    key,
    kind: 'object',
    rank: 0,
    needs: needs.map((need) => ({ key: need, on: 'success' })),
    awaited: [],
  }
}

test('running a schedule', async (t) => {
  await t.test('what is tried again gives up its place meanwhile', async (t) => {
    const done: string[] = []
    const other = Promise.withResolvers<void>()

    await runSchedule(createSchedule([aNode('first'), aNode('second')]), 1, async ({ node }) => {
      done.push(node.key)
      if (node.key === 'second') other.resolve()
      else if (done.length === 1) return { againAfter: () => other.promise }
      return 'success'
    })

    t.strictSame(done, ['first', 'second', 'first'])
  })

  await t.test('an error ends it once those under way have ended', async (t) => {
    const slow = Promise.withResolvers<void>()
    const begun: string[] = []
    const run = runSchedule(
      createSchedule([aNode('slow'), aNode('bad'), aNode('later')]),
      2,
      async ({ node }) => {
        begun.push(node.key)
        if (node.key === 'bad') throw new Error('no')
        await slow.promise
        return 'success'
      },
    )
    slow.resolve()

    await t.rejects(run, { message: 'no' })
    t.strictSame(begun, ['slow', 'bad'])
  })

  await t.test('a circle is an error, not an endless wait', async (t) => {
    const circle = createSchedule([aNode('a', 'b'), aNode('b', 'a')])

    await t.rejects(
      runSchedule(circle, 1, async () => 'success'),
      { code: 'INTERNAL' },
    )
  })
})
