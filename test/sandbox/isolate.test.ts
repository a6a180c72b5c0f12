import { execFileSync, fork } from 'node:child_process'
import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Test, test } from 'tap'
import type { Isolation } from '../../src/sandbox/isolation.ts'
import { aListener } from '../support/a-listener.ts'
import { nodeProgram, runAsNobody, runHostile, shellProgram } from '../support/hostile-program.ts'
import { isolations } from '../support/isolations.ts'

test('a program of strangers', async (t) => {
  for (const isolation of await isolations(t)) {
    await t.test(`under isolation ${isolation.kind}`, async (t) => {
      await seesAndTouches(t, isolation)
      await staysWithinLimits(t, isolation)
    })
  }
})

async function seesAndTouches(t: Test, isolation: Isolation): Promise<void> {
  const isFull = isolation.kind === 'full'
  const outside = t.testdir({ secret: 'c4nary' })

  await t.test('reads the checkout, and writes to its own temporary folder', async (t) => {
    const code = `const fs = require('fs')
      fs.writeFileSync(process.env.TMPDIR + '/a', 'x')
      process.stdout.write(fs.readFileSync('file'))`

    const outcome = await runHostile(t, isolation, nodeProgram(code))

    t.match(outcome, { kind: 'exited', code: 0, stdout: 'of the checkout', stderr: '' })
  })

  await t.test('D2: reaches a listener only where the kernel gives it a network', async (t) => {
    const listener = await aListener(t)
    const code = `require('net').connect(process.argv[1], '127.0.0.1')
      .on('connect', () => process.exit(0)).on('error', () => process.exit(7))`

    const program = nodeProgram(code, new URL(listener.url).port)
    const outcome = await runHostile(t, isolation, program)

    const isClosed = isolation.kind !== 'none'
    t.match(outcome, { kind: 'exited', code: isClosed ? 7 : 0 })
    t.equal(listener.connections(), isClosed ? 0 : 1)
  })

  await t.test('C4: reads no file outside, where it has a file system of its own', async (t) => {
    const secrets = [join(outside, 'secret'), '/etc/passwd', '/proc/self/environ', '/dev/mem']
    const code = `const fs = require('fs')
      const read = (file) => { try { return fs.readFileSync(file, 'utf8') } catch { return '' } }
      console.log(process.argv.slice(1).map(read).join('').length > 0)`

    const program = nodeProgram(code, ...secrets.slice(0, isFull ? 4 : 2))
    const { stdout } = await runHostile(t, isolation, program)

    t.equal(stdout, isFull ? 'false\n' : 'true\n')
  })

  await t.test('D4: writes nothing outside, where it has a file system of its own', async (t) => {
    const marker = join(outside, isolation.kind)
    const code = `const fs = require('fs')
      const tries = [() => fs.writeFileSync(process.argv[1], '')]
      if (${isFull}) tries.push(() => fs.chmodSync('.', 0o700), () => fs.writeFileSync('new', ''),
        () => fs.chmodSync('file', 0o600), () => fs.writeFileSync('file', 'x'),
        () => fs.writeFileSync('/x', ''), () => fs.writeFileSync('/usr/bin/x', ''))
      const works = (one) => { try { one(); return true } catch { return false } }
      console.log(tries.filter(works).length)`

    const { stdout, root } = await runHostile(t, isolation, nodeProgram(code, marker))

    t.equal(stdout, isFull ? '0\n' : '1\n')
    t.equal((await readdir(outside)).includes(isolation.kind), !isFull)
    t.strictSame(await readdir(join(root, 'app')), ['file'])
  })

  await t.test('sends no signal to a process that is not its own', async (t) => {
    const program = shellProgram(`kill -0 ${process.pid}`)

    const outcome = await runHostile(t, isolation, program)

    t.equal(outcome.kind === 'exited' && outcome.code === 0, isolation.kind === 'none')
  })

  await t.test('holds no right that opens its own file system again', async (t) => {
    const ways = ['umount "$0"', 'mount -t tmpfs x /tmp', 'mount -o remount,bind,rw "$0"']
    ways.push('chroot / true', 'unshare -r true', 'mknod /tmp/null c 1 3')
    const code = ways.map((way) => `${way} && echo yes`).join('\n')

    const program = shellProgram(`type mount >/dev/null && echo tried\n${isFull ? code : ''}`)
    const { stdout } = await runHostile(t, isolation, program)

    t.equal(stdout, 'tried\n')
  })
}

async function staysWithinLimits(t: Test, isolation: Isolation): Promise<void> {
  const isLimited = isolation.prlimit !== undefined

  await t.test('D5: gets no more memory than its limit', async (t) => {
    const program = { ...nodeProgram(''), caps: { memoryBytes: 64 * 1024 ** 2 } }

    const outcome = await runHostile(t, isolation, program)

    t.equal(outcome.kind === 'exited' && outcome.code === 0, !isLimited)
  })

  await t.test('D5: gets no more time of the processor than its limit', async (t) => {
    const program = { ...shellProgram('while :; do :; done'), timeoutMs: 20_000 }

    const outcome = await runHostile(t, isolation, { ...program, caps: { cpuSeconds: 1 } })

    t.notMatch(outcome, { kind: 'exited', code: 0 })
    t.equal(outcome.kind === 'timedOut', !isLimited)
  })

  await t.test('D5: writes no file larger than its limit', async (t) => {
    const program = shellProgram('yes | head -c 2097152 > "$TMPDIR/a"')

    const outcome = await runHostile(t, isolation, program)

    t.equal(outcome.kind === 'exited' && outcome.code === 0, !isLimited)
  })

  await t.test('D5: is ended with all it hides when its time is up', async (t) => {
    const code = 'setsid sh -c "setsid sleep 6 & sleep 6" & sleep 60'
    const started = performance.now()

    const { kind } = await runHostile(t, isolation, { ...shellProgram(code), timeoutMs: 500 })

    t.equal(kind, 'timedOut')
    t.ok(performance.now() - started < 20_000, 'and what cannot be ended is not waited for')
  })

  await t.test('D5: starts no more processes than its limit, where namespaces count', async (t) => {
    const start = 'sleep 60 & pids="$pids $!"; i=$((i+1))'
    const code = `i=0; while [ $i -lt 100 ]; do ${start}; done; echo all; kill $pids`

    const { stdout } = await runAsNobody(t, isolation, shellProgram(code))

    t.equal(stdout, isolation.kind === 'none' || !isolation.countsProcesses ? 'all\n' : '')
  })

  await t.test('dies with all it started when its parent is killed', async (t) => {
    const root = t.testdir({})
    execFileSync('/bin/sh', ['-c', 'mkfifo "$0"', join(root, 'fifo')])
    // Without a process namespace only the program itself is sure to die.
    const stay = isolation.kind === 'none' ? 'exec sleep 60' : 'setsid sleep 60 & wait'
    const file = join(import.meta.dirname, '../support/isolated-parent.ts')
    const script = `exec 5>fifo; echo up >&5; ${stay}`
    const parent = fork(file, [JSON.stringify(isolation), root, script])
    const stream = createReadStream(join(root, 'fifo'), 'utf8')
    const [said] = (await once(stream, 'data')) as [string]
    const ended = once(stream, 'end')

    parent.kill('SIGKILL')

    stream.resume()
    await ended
    t.equal(said, 'up\n')
  })
}
