import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Test } from 'tap'
import { createInstanceClient } from '../../src/cli/instance-client.ts'
import type { ApplicationView } from '../../src/domain/application-view.ts'
import type { SyncRecord } from '../../src/domain/sync.ts'
import { secondAppliers } from './appliers.ts'
import type { AuditTrail } from './audit-trail.ts'
import { dumpRedis, findSecrets, type Named } from './canary.ts'
import { controlPlane } from './control-plane.ts'
import type { PostedStatus } from './fake-forge.ts'
import type { FaultRig } from './fault-rig.ts'
import { expectedOf } from './rig-application.ts'

export interface Invariants {
  /**
   * Waits until the cluster is what Git says and every forge knows, and asserts all invariants for
   * the time since the last call.
   */
  check(t: Test, withinMs?: number): Promise<void>
}

const longestMs = 120_000

/** I1–I6 of the fault suite, from now on. */
export async function watchInvariants(rig: FaultRig): Promise<Invariants> {
  const plane = await controlPlane()
  let trail: AuditTrail = await plane.audit()
  return {
    async check(t, withinMs = longestMs) {
      const left = await settle(rig, withinMs)
      t.strictSame(left, [], 'I1, I4, I6: the tip is deployed and told')
      t.strictSame(rig.generations.breaches(), [], 'I2: nothing went back')
      const names = rig.applications.map(({ name }) => name)
      t.strictSame(secondAppliers(await trail.events(), names), [], 'I3: one applier at a time')
      trail = await plane.audit()
      const texts = await everythingTold(rig)
      for (const [place, text] of Object.entries(texts)) t.not(text, '', `${place} tells something`)
      t.strictSame(findSecrets(rig.secrets, texts), [], 'I5: no secret anywhere')
      t.strictSame(rig.forge.violations, [], 'the forge was asked by its rules')
    },
  }
}

/** What is not as it should be when the time is over. */
async function settle(rig: FaultRig, withinMs: number): Promise<readonly string[]> {
  const deadline = performance.now() + withinMs
  for (;;) {
    const left = await unsettled(rig)
    if (left.length === 0) return []
    if (performance.now() > deadline) return [...left, ...tails(rig)]
    await delay(100)
  }
}

function tails({ instances }: FaultRig): string[] {
  return instances.map((instance) => instance.output().split('\n').slice(-30).join('\n'))
}

async function unsettled(rig: FaultRig): Promise<string[]> {
  const [live, views] = await Promise.all([liveObjects(rig), viewsOf(rig)])
  return [
    ...rig.applications.flatMap((application) => {
      const { name, tip } = application
      const own = live.filter((object) => object.startsWith(`${name}-`))
      const expected = expectedOf(application, rig.objects)
      const isLive = own.join() === expected.join()
      return [
        ...(isLive ? [] : [`${name} is ${own.join()} and not ${expected.join()}`]),
        ...problemOf(views, name, tip),
      ]
    }),
    ...unfinished(rig.forge.statuses),
  ]
}

/** As `expectedOf` writes them. */
async function liveObjects({ api, namespace }: FaultRig): Promise<string[]> {
  const path = `/api/v1/namespaces/${namespace}`
  const lists = await Promise.all(
    ['configmaps', 'secrets'].map(async (kind) => {
      const list = (await api.get(`${path}/${kind}`)) as ObjectList // -- as the API server documents it
      return list.items.map(({ metadata, data }) =>
        data?.['generation'] === undefined
          ? metadata.name
          : `${metadata.name} of ${data['generation']}`,
      )
    }),
  )
  return lists.flat().toSorted()
}

interface ObjectList {
  readonly items: readonly {
    readonly metadata: { readonly name: string }
    readonly data?: Readonly<Record<string, string>>
  }[]
}

function clientOf({ receiver }: FaultRig) {
  return createInstanceClient({ kind: 'socket', path: join(receiver.dataDir, 'landfall.sock') })
}

/** What the API says once it answers: on a machine that is busy Redis may be late. */
async function askApi(rig: FaultRig, path: string): Promise<unknown> {
  const client = clientOf(rig)
  for (let left = 10; ; left -= 1) {
    try {
      return await client.get(path)
    } catch (error) {
      if (left === 0) throw error
    }
  }
}

/** Undefined: the instance does not answer. */
async function viewsOf(rig: FaultRig): Promise<readonly ApplicationView[] | undefined> {
  try {
    const answer = await clientOf(rig).get('/applications')
    return (answer as { applications: ApplicationView[] }).applications // -- our own API
  } catch {
    return undefined
  }
}

function problemOf(
  views: readonly ApplicationView[] | undefined,
  name: string,
  tip: string,
): string[] {
  const view = views?.find((known) => known.name === name)
  if (view?.revision === tip && view.syncStatus === 'Synced' && view.phase === 'Succeeded')
    return []
  return [`${name}: ${view?.phase} ${view?.syncStatus} ${view?.revision} ${view?.message}`]
}

/** I4: commits whose last status is not a final one. */
export function unfinished(statuses: readonly PostedStatus[]): string[] {
  const last = new Map(statuses.map(({ sha, context, state }) => [`${sha} ${context}`, state]))
  return Array.from(last, ([commit, state]) => (state === 'pending' ? `${commit} is pending` : ''))
    .filter((text) => text !== '')
    .toSorted()
}

/** All that leaves Landfall, by where it is read. */
async function everythingTold(rig: FaultRig): Promise<Named> {
  const { instances, answers, forge, namespace, applications, api, receiver } = rig
  const syncs = await Promise.all(
    applications.map(async ({ name }) => {
      const answer = await askApi(rig, `/applications/${name}/syncs`)
      return (answer as { syncs: SyncRecord[] }).syncs // -- our own API
    }),
  )
  const pages = syncs.map(async ([record]) => {
    return record === undefined ? '' : textOf(`${receiver.instance.url}/syncs/${record.id}`)
  })
  const running = instances.filter(({ isRunning }) => isRunning())
  const histories = applications.map(({ name }) =>
    api.get(`/api/v1/namespaces/landfall-system/configmaps/landfall-${name}`),
  )
  return {
    'the log': instances.map((instance) => instance.output()).join('\n'),
    'the API': JSON.stringify([await askApi(rig, '/applications'), syncs]),
    'the pages': (await Promise.all(pages)).join('\n'),
    'the answers to webhooks': JSON.stringify(answers),
    'the metrics': (await Promise.all(running.map(({ url }) => textOf(`${url}/metrics`)))).join(),
    'the forge': JSON.stringify(forge.requests.map(({ path, body }) => [path, body])),
    Redis: await dumpRedis(receiver.redisUrl),
    'the inventories': JSON.stringify(await Promise.all(histories)),
    'the events': JSON.stringify(await api.get(`/api/v1/namespaces/${namespace}/events`)),
    'the command lines': (await rig.commandLines()).join('\n'),
  }
}

async function textOf(url: string): Promise<string> {
  return (await fetch(url)).text()
}
