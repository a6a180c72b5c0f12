import { fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { type Test, test } from 'tap'
import { findGuard, type Guard, groupGuard, guardedArgv } from '../../src/sandbox/guard.ts'
import { type RunLimits, runChild } from '../../src/sandbox/run-child.ts'

const guards: readonly Guard[] = [findGuard(), groupGuard]

function limitsWith(overrides: Partial<RunLimits> = {}): RunLimits {
  const { signal } = new AbortController()
  return { signal, timeoutMs: 20_000, maxOutputBytes: 1000, ...overrides }
}

function shell(script: string) {
  return { argv: ['/bin/sh', '-c', script], cwd: '/', env: { PATH: '/usr/bin:/bin' } } as const
}

/** A program that connects here and waits: when the connection closes, it is gone. */
async function listen(t: Test) {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const script = `require('net').connect(${port}, '127.0.0.1', () => console.log('up'))`
  const accepted = async (): Promise<Socket> => {
    const [socket] = (await once(server, 'connection')) as [Socket]
    socket.on('error', () => {}).resume()
    return socket
  }
  return { command: `"${process.execPath}" -e "${script}"`, accepted }
}

function forkParent(guard: Guard, script: string) {
  const file = join(import.meta.dirname, '../support/sandbox-parent.ts')
  return fork(file, [JSON.stringify(guard), script])
}

for (const [index, guard] of guards.entries()) {
  test(`a child under guard ${index + 1}, ${guard.kind}`, async (t) => {
    await t.test('answers with its exit code and both outputs', async (t) => {
      const command = shell('cat; echo bad >&2; exit 3')

      const outcome = await runChild(guard, command, limitsWith(), 'in')

      t.match(outcome, { kind: 'exited', code: 3, stderr: 'bad\n' })
      t.equal(outcome.stdout.toString(), 'in')
    })

    await t.test('sees its own environment and nothing else', async (t) => {
      const command = { argv: ['/usr/bin/env'], cwd: '/', env: { ONLY: 'this' } } as const

      const { stdout } = await runChild(guard, command, limitsWith())

      const lines = stdout.toString().trim().split('\n')
      t.same(
        lines.filter((line) => !/^(?:PWD|SHLVL|_|OLDPWD)=/.test(line)),
        ['ONLY=this'],
      )
    })

    await t.test('that writes too much is ended and its output cut', async (t) => {
      const outcome = await runChild(guard, shell('yes'), limitsWith())

      t.equal(outcome.kind, 'flooded')
      t.equal(outcome.stdout.length, 1000)
    })

    await t.test('may write exactly as much as it is allowed', async (t) => {
      const outcome = await runChild(guard, shell('head -c 1000 /dev/zero'), limitsWith())

      t.match(outcome, { kind: 'exited', code: 0 })
    })

    await t.test('is ended with all it started when its time is up', async (t) => {
      const { command, accepted } = await listen(t)
      const limits = limitsWith({ timeoutMs: 3000 })
      const running = runChild(guard, shell(`${command} & ${command}`), limits)
      const sockets = [await accepted(), await accepted()]
      const closed = sockets.map((socket) => once(socket, 'close'))

      t.equal((await running).kind, 'timedOut')
      await Promise.all(closed)
    })

    await t.test('is ended with all it started when the caller gives up', async (t) => {
      const controller = new AbortController()
      const { command, accepted } = await listen(t)
      const limits = limitsWith({ signal: controller.signal })
      const running = runChild(guard, shell(`${command} & ${command}`), limits)
      const sockets = [await accepted(), await accepted()]
      const closed = sockets.map((socket) => once(socket, 'close'))

      controller.abort()

      t.equal((await running).kind, 'aborted')
      await Promise.all(closed)
    })

    await t.test('takes what it left behind with it when it ends', async (t) => {
      const { command, accepted } = await listen(t)
      const pipe = join(t.testdir(), 'pipe')
      const script = `mkfifo ${pipe}; ${command} > ${pipe} & head -n 1 < ${pipe}`
      const running = runChild(guard, shell(script), limitsWith())
      const closed = once(await accepted(), 'close')

      t.match(await running, { kind: 'exited', code: 0 })
      await closed
    })

    await t.test('tells the signal that ended it', async (t) => {
      const outcome = await runChild(guard, shell('kill -TERM $$'), limitsWith())

      const killed = { kind: 'killed', signal: 'SIGTERM' }
      t.match(outcome, guard.kind === 'kernel' ? killed : { kind: 'exited', code: 143 })
    })

    await t.test('dies where its parent was gone before it began', async (t) => {
      const [file, ...args] = guardedArgv(guard, ['/bin/sleep', '60'])
      // Nothing, on fd 3, is what a pipe gives that nobody holds.
      const child = spawn(file, args, { detached: true, stdio: Array<'ignore'>(4).fill('ignore') })
      t.teardown(() => child.kill('SIGKILL'))

      t.same(await once(child, 'exit'), [null, 'SIGKILL'])
    })

    await t.test('dies when its parent is killed', async (t) => {
      const { command, accepted } = await listen(t)
      const parent = forkParent(guard, `exec ${command}`)
      const closed = once(await accepted(), 'close')

      parent.kill('SIGKILL')

      await closed
      t.pass('the connection closed')
    })
  })
}

test('what a child started dies too when the parent of its group is killed', async (t) => {
  const { command, accepted } = await listen(t)
  const parent = forkParent(groupGuard, `${command} & wait`)
  const closed = once(await accepted(), 'close')

  parent.kill('SIGKILL')

  await closed
  t.pass('the connection closed')
})

test('a run that is aborted before it begins starts nothing', async (t) => {
  const limits = limitsWith({ signal: AbortSignal.abort() })

  t.equal((await runChild(groupGuard, shell('exit 0'), limits)).kind, 'aborted')
})
