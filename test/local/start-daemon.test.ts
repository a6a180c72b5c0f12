import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'tap'
import { isRunning, type ProcessIdentity, parseIdentity } from '../../src/local/process-identity.ts'
import { startDaemon } from '../../src/local/start-daemon.ts'
import { stopProcesses } from '../../src/local/stop-processes.ts'
import { stayAlive } from '../support/stay-alive.ts'
import { until } from '../support/until.ts'

const parentProgram = join(import.meta.dirname, '../support/daemon-parent.ts')

async function daemonOf(kind: string, folder: string) {
  const parent = spawn(process.execPath, [parentProgram, kind, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = await once(createInterface(parent.stdout), 'line')
  return { parent, daemon: parseIdentity(line) as ProcessIdentity }
}

test('a daemon whose parent is killed', async (t) => {
  for (const kind of ['kernel', 'pipe']) {
    await t.test(`ends with it by the ${kind}`, async (t) => {
      const { parent, daemon } = await daemonOf(kind, t.testdir())
      t.ok(isRunning(daemon))

      parent.kill('SIGKILL')

      await until(`${daemon.name} has ended`, () => !isRunning(daemon))
    })
  }
})

test('a daemon', async (t) => {
  const start = (folder: string, script: string) =>
    startDaemon({
      name: 'agent',
      argv: ['/bin/sh', '-c', script],
      cwd: folder,
      logFile: join(folder, 'log'),
      guard: undefined,
    })

  await t.test('has an environment of its own and writes to its log', async (t) => {
    const folder = t.testdir()

    t.equal(
      await stayAlive(start(folder, 'env; echo oops >&2; exit 3').ended),
      'agent ended with code 3',
    )

    const log = await readFile(join(folder, 'log'), 'utf8')
    t.same(
      log
        .split('\n')
        .filter((line) => !/^(PWD|SHLVL|_|OLDPWD)=/.test(line))
        .toSorted(),
      ['', `HOME=${folder}`, 'PATH=/usr/bin:/bin', 'oops'],
    )
  })

  await t.test('is stopped with what it started', async (t) => {
    const folder = t.testdir()
    const { identity } = start(folder, 'sleep 1000 & echo $!; wait')
    let child = ''
    await until('its child runs', async () => {
      child = (await readFile(join(folder, 'log'), 'utf8')).trim()
      return child !== ''
    })

    await stopProcesses([identity], 5000)

    t.notOk(isRunning(identity))
    await until('its child has ended', () => !isAlive(Number(child)))
  })

  await t.test('that ignores SIGTERM is killed after its grace', async (t) => {
    const folder = t.testdir()
    const { identity, ended } = start(folder, 'trap "" TERM; echo up; while :; do sleep 1; done')
    await until('the trap is set', async () =>
      (await readFile(join(folder, 'log'), 'utf8')).includes('up'),
    )

    await stopProcesses([identity], 50)

    t.equal(await stayAlive(ended), 'agent ended with SIGKILL')
  })

  await t.test('that cannot be started is an error', async (t) => {
    const folder = t.testdir()
    const options = { cwd: folder, logFile: join(folder, 'log'), guard: undefined }

    t.throws(() => startDaemon({ ...options, name: 'agent', argv: [join(folder, 'none')] }), {
      code: 'LOCAL_STACK_FAILED',
      text: /agent could not be started: \S+none/,
    })
  })
})

test('a process that took over a pid is not touched', async (t) => {
  const other = spawn('sleep', ['1000'])
  t.teardown(() => other.kill())

  await stopProcesses([{ name: 'old', pid: other.pid ?? 0, started: 'long ago' }], 0)

  t.equal(other.signalCode, null)
  t.ok(isAlive(other.pid ?? 0))
})

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
