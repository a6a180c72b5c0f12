import { test } from 'tap'
import type { WatchEvent } from '../../src/cluster/cluster.ts'
import { StageError } from '../../src/domain/error.ts'
import type { KubeObject } from '../../src/domain/kube-object.ts'
import { type FollowDeps, followObjects } from '../../src/engine/follow-objects.ts'
import { systemTimers, type Timers } from '../../src/engine/timers.ts'
import { createWatchLists } from '../../src/engine/watch-list.ts'
import { aConfigMap } from '../support/objects.ts'

const query = { group: '', kind: 'ConfigMap' }

function at(name: string, resourceVersion: string): KubeObject {
  const object = aConfigMap(name)
  return { ...object, metadata: { ...object.metadata, resourceVersion } }
}

const added = (name: string, version: string): WatchEvent => ({
  type: 'ADDED',
  object: at(name, version),
})
const whole: WatchEvent = { type: 'BOOKMARK', resourceVersion: '9', endsList: true }

type Script = readonly (WatchEvent | 'closed' | 'silent' | Error)[]

/** Follows a server whose watches go as they are scripted, until the last of them. */
async function follow(scripts: readonly Script[], timers: Timers = systemTimers) {
  const asked: string[] = []
  const told: string[] = []
  const stop = new AbortController()
  const lists = createWatchLists()
  let next = 0
  const client: FollowDeps['client'] = {
    async list() {
      asked.push('list')
      return { resourceVersion: '20', items: [at('listed', '20')] }
    },
    async *watch(_query, { resourceVersion, signal }) {
      asked.push(`watch ${resourceVersion ?? 'all'}`)
      const script = scripts[next]
      next += 1
      if (script === undefined) return stop.abort()
      for (const step of script) {
        if (step === 'closed') return
        if (step instanceof Error) throw step
        if (step === 'silent') {
          await new Promise((resolve) => signal.addEventListener('abort', resolve))
          return
        }
        yield step
      }
    },
  }
  const names = (objects: readonly KubeObject[]) => objects.map(({ metadata }) => metadata.name)
  await followObjects(
    { client, clock: { now: () => 0 }, timers, lists },
    query,
    {
      onList: (objects) => told.push(`list ${names(objects).join()}`),
      onChange: ({ metadata }) => told.push(`change ${metadata.name}`),
      onDelete: ({ metadata }) => told.push(`delete ${metadata.name}`),
      onTrouble: ({ code }) => told.push(code),
    },
    stop.signal,
  )
  return { asked, told, isServed: lists.isServed(query) }
}

/** Nothing waits. */
const hasty: Timers = {
  after(ms, run) {
    if (ms > 1_000) return () => {}
    const timer = setImmediate(run)
    return () => clearImmediate(timer)
  },
}

test('a list by the watch itself', async (t) => {
  await t.test('is told when it is whole, and the watch goes on', async (t) => {
    const script = [added('a', '1'), added('b', '2'), whole, added('c', '10'), 'closed'] as const

    const { asked, told, isServed } = await follow([script], hasty)

    t.strictSame(asked, ['watch all', 'watch 10'])
    t.strictSame(told, ['list a,b', 'change c'])
    t.ok(isServed)
  })

  await t.test('holds what was there when it became whole', async (t) => {
    const gone: WatchEvent = { type: 'DELETED', object: at('a', '3') }
    const script = [added('a', '1'), added('b', '2'), gone, added('b', '4'), whole] as const

    t.strictSame((await follow([script], hasty)).told, ['list b'])
  })

  await t.test('gives way to a list where the server refuses it, for good', async (t) => {
    const refusal = new StageError('OBJECT_INVALID', 'sendInitialEvents is forbidden')

    const { asked, told, isServed } = await follow([[refusal], ['closed']], hasty)

    t.strictSame(asked, ['watch all', 'list', 'watch 20', 'watch 20'])
    t.strictSame(told, ['list listed'])
    t.notOk(isServed)
  })

  await t.test('gives way where the server never says that it is whole', async (t) => {
    const impatient: Timers = {
      after(_ms, run) {
        const timer = setImmediate(run)
        return () => clearImmediate(timer)
      },
    }
    const { asked, told } = await follow([[added('a', '1'), 'silent'], ['closed']], impatient)

    t.strictSame(asked, ['watch all', 'list', 'watch 20', 'watch 20'])
    t.strictSame(told, ['list listed'])
  })

  await t.test('gives way where the connection ends before it is whole', async (t) => {
    const { told } = await follow([[added('a', '1'), 'closed'], ['closed']], hasty)

    t.strictSame(told, ['list listed'])
  })

  await t.test('is asked for again where its version is gone', async (t) => {
    const { asked } = await follow([[whole, { type: 'GONE' }], [whole]], hasty)

    t.strictSame(asked, ['watch all', 'watch all', 'watch 9'])
  })

  await t.test('leaves other failures as they are', async (t) => {
    const away = new StageError('CLUSTER_UNREACHABLE', 'away')

    const { asked, told, isServed } = await follow([[away], [whole]], hasty)

    t.strictSame(asked, ['watch all', 'watch all', 'watch 9'])
    t.strictSame(told, ['CLUSTER_UNREACHABLE', 'list '])
    t.ok(isServed)
  })
})
