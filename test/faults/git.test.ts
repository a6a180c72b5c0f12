import { cp, open, readdir, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { test } from 'tap'
import { type FaultRow, runFaultRows, statesOf, untilDeployed } from '../support/fault-rows.ts'
import { faultTimeoutMs } from '../support/fault-size.ts'
import type { RigProcess } from '../support/rig-process.ts'
import { until } from '../support/until.ts'

/** Mirrors of a worker, by folder. */
async function mirrorsOf({ dataDir }: RigProcess): Promise<string[]> {
  const folder = join(dataDir, 'mirrors')
  const names = await readdir(folder).catch(() => [])
  return names.map((name) => join(folder, name))
}

async function filesIn(folder: string, pattern: RegExp): Promise<string[]> {
  const names = await readdir(folder, { recursive: true })
  return names.filter((name) => pattern.test(name)).map((name) => join(folder, name))
}

/** Does it to each mirror of both workers; gives how often. */
async function toMirrors(
  workers: readonly RigProcess[],
  harm: (mirror: string) => Promise<number>,
): Promise<number> {
  const mirrors = (await Promise.all(workers.map(mirrorsOf))).flat()
  const counts = await Promise.all(mirrors.map(harm))
  return counts.reduce((sum, count) => sum + count, 0)
}

const rows: readonly FaultRow[] = [
  {
    title: 'R19: a replica lags behind the webhook: deployed once it serves the commit',
    async run(t, rig, application) {
      const root = join(application.repository.bare, '../..')
      const replica = t.testdirName
      await cp(root, replica, { recursive: true })
      rig.git.behaviour = { kind: 'serveFrom', root: replica }
      const sha = await rig.push(application)
      await delay(2_000)
      rig.git.behaviour = { kind: 'serve' }
      await untilDeployed(rig, sha)

      t.strictSame(
        statesOf(rig, sha).filter((state) => state !== 'pending'),
        ['success'],
      )
    },
  },
  {
    title: 'R19: a force push in the middle of a fetch: the new tip wins',
    async run(t, rig, application) {
      const { repository } = application
      await rig.links.git.set({ kind: 'throttle', bytesPerSecond: 1_000 })
      const dropped = await rig.push(application)
      const seen = rig.git.requests.length
      await until('it is fetched', () => rig.git.requests.length > seen)
      await repository.git('reset', '--quiet', '--soft', 'HEAD~1')
      await repository.git('push', '--quiet', '--force', 'origin', 'HEAD')
      const sha = await rig.push(application)
      await rig.links.git.set({ kind: 'pass' })
      await untilDeployed(rig, sha)

      t.not(sha, dropped)
    },
  },
  {
    title: 'R20: packs of a mirror are cut short: fetched anew',
    async run(t, rig, application) {
      const harmed = await toMirrors([rig.a, rig.b], async (mirror) => {
        const packs = await filesIn(mirror, /\.(?:pack|idx)$/)
        const objects = await filesIn(mirror, /^objects\/[0-9a-f]{2}\/[0-9a-f]+$/)
        for (const file of [...packs, ...objects]) await truncate(file, 20)
        return packs.length + objects.length
      })
      const sha = await rig.push(application)
      await untilDeployed(rig, sha)

      t.ok(harmed > 0, `${harmed} files`)
    },
  },
  {
    title: 'R20: locks of a dead git are left in a mirror: no longer than one sweep',
    async run(t, rig, application) {
      const locks: string[] = []
      await toMirrors([rig.a, rig.b], async (mirror) => {
        for (const name of ['index.lock', 'shallow.lock', 'HEAD.lock', 'packed-refs.lock']) {
          const file = await open(join(mirror, name), 'w')
          await file.close()
          locks.push(join(mirror, name))
        }
        return 1
      })
      const sha = await rig.push(application)
      await untilDeployed(rig, sha)
      for (const lock of locks) await rm(lock, { force: true })

      t.ok(locks.length > 0)
    },
  },
  {
    title: 'R20: a mirror is no repository any more: the others are fine, and it is made anew',
    async run(t, rig, application) {
      const harmed = await toMirrors([rig.a, rig.b], async (mirror) => {
        await writeFile(join(mirror, 'HEAD'), 'no reference at all\n')
        return 1
      })
      const sha = await rig.push(application)
      await untilDeployed(rig, sha)

      t.ok(harmed > 0)
    },
  },
]

test('Git', { timeout: faultTimeoutMs }, async (t) => {
  await runFaultRows(t, rows)
})
