import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { test } from 'tap'
import type { FaultRig } from '../support/fault-rig.ts'
import {
  type FaultRow,
  listenToWorkers,
  runFaultRows,
  statesOf,
  untilDeployed,
} from '../support/fault-rows.ts'
import { faultTimeoutMs } from '../support/fault-size.ts'
import { canMountDisks, diskOf, onSmallDisk } from '../support/small-disk.ts'
import { until } from '../support/until.ts'

const mib = 1024 ** 2

const workersOf = ({ a, b }: FaultRig) => [a, b]

/** Fills the disks of both workers, pushes, and makes room once a worker has said what is full. */
function fullDisk(title: string, leftBytes: number, commitBytes: number): FaultRow {
  return {
    title,
    async run(t, rig, application) {
      const told = listenToWorkers(rig)
      for (const worker of workersOf(rig)) await worker.disk().fill(leftBytes)
      // In a file that kustomize reads: others are not checked out.
      const lines =
        randomBytes(commitBytes)
          .toString('base64')
          .match(/.{1,76}/g) ?? []
      application.comment = lines.map((line) => `# ${line}\n`).join('')
      const sha = await rig.push(application)
      await until('a worker says so', () => told().includes('the disk under dataDir is full'))
      for (const worker of workersOf(rig)) await worker.disk().free()
      await untilDeployed(rig, sha)

      t.notOk(statesOf(rig, sha).includes('failure'), 'the commit is not at fault')
      t.ok(workersOf(rig).every(({ instance }) => instance.isRunning()))
    },
  }
}

const rows: readonly FaultRow[] = [
  fullDisk('R20: no room for what is fetched: said so, and deployed once there is room', 0, 10),
  fullDisk('R20: room for the mirror and none for a checkout: the same', 3 * mib, 1.5 * mib),
  {
    title: 'R20: no room for what Redis appends: 503 that says so, and all goes on once there is',
    async run(t, rig, application) {
      await rig.redis.disk().fill()
      await until('Redis cannot write', async () => (await rig.deliver(application)).status === 503)
      const { status, body } = await rig.deliver(application)
      await rig.commit(application)
      await rig.redis.disk().free()

      t.equal(status, 503)
      t.match(body, 'QUEUE_UNAVAILABLE')
    },
  },
]

const isGranted = await canMountDisks()
/** What is tested of full disks where no user may mount one: nothing. */
const refused = 'this machine lets no user mount a disk of their own'

test('a full disk', { timeout: faultTimeoutMs }, async (t) => {
  if (!isGranted) {
    t.comment(refused)
    return
  }
  const disks = { diskBytes: 32 * mib, redisDiskBytes: 32 * mib }
  await runFaultRows(t, rows, { ...disks, kustomized: true })
})

test('R20: no room for the log: nothing ends, and it goes on once there is room', async (t) => {
  if (!isGranted) {
    t.comment(refused)
    return
  }
  const folder = t.testdirName
  const log = join(folder, 'log')
  const program = join(import.meta.dirname, '../support/log-child.ts')
  const script = 'exec "$0" "$1" > "$2"'
  const shell = ['/bin/sh', '-c', script, process.execPath, program, log]
  const [file = '', ...args] = [...onSmallDisk(folder, mib), ...shell]
  const child = spawn(file, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  t.teardown(() => child.kill('SIGKILL'))
  const seen = `/proc/${child.pid}/root${log}`
  const lines = async () => (await readFile(seen, 'utf8').catch(() => '')).trimEnd().split('\n')
  await until('it logs', async () => (await lines()).length > 10)
  const disk = diskOf(child.pid ?? 0, folder)

  await disk.fill()
  const before = await untilQuiet(lines)
  await disk.free()
  await until('it goes on', async () => (await lines()).length > before + 10)

  t.equal(child.exitCode, null)
  const told = (await lines()).slice(0, -1).map((line) => JSON.parse(line).line)
  t.strictSame(
    told,
    Array.from(told, (_, at) => at + 1),
    'no line is lost or torn',
  )
})

/** How many lines there are once no more are added. */
async function untilQuiet(lines: () => Promise<readonly string[]>): Promise<number> {
  for (let before = -1; ; ) {
    const { length } = await lines()
    if (length === before) return length
    before = length
    await delay(100)
  }
}
