import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { test } from 'tap'
import { isRunning } from '../../src/local/process-identity.ts'
import {
  kubectlOf,
  local,
  processesOf,
  stackDir,
  up,
  upInForeground,
} from '../support/local-command.ts'
import { until } from '../support/until.ts'

test('a stack whose parent is killed', async (t) => {
  const dataDir = await stackDir(t)
  const parent = await upInForeground(dataDir)
  const processes = await processesOf(dataDir)
  t.equal(processes.filter(isRunning).length, 6)

  parent.kill('SIGKILL')

  await until('nothing runs any more', () => !processes.some(isRunning))
  await t.rejects(local('status', '--data-dir', dataDir), { code: 4, stderr: /is broken/ })
})

test('a stack in the foreground', async (t) => {
  const dataDir = await stackDir(t)

  await t.test('ends with Ctrl-C and leaves nothing', async (t) => {
    const parent = await upInForeground(dataDir)
    const processes = await processesOf(dataDir)

    parent.kill('SIGINT')

    t.same(await once(parent, 'close'), [0, null])
    t.notOk(processes.some(isRunning))
    t.notOk(existsSync(dataDir))
  })

  await t.test('ends with failure when one of its programs ends', async (t) => {
    const parent = await upInForeground(dataDir)
    const processes = await processesOf(dataDir)

    process.kill(processes.find(({ name }) => name === 'kwok')?.pid ?? 0, 'SIGKILL')

    t.same(await once(parent, 'close'), [1, null])
    t.notOk(processes.some(isRunning))
  })
})

test('up after a crash', async (t) => {
  const dataDir = await stackDir(t)
  const before = await up(dataDir)
  await kubectlOf(before, 'create', 'namespace', 'kept')
  const processes = await processesOf(dataDir)
  const apiserver = processes.find(({ name }) => name === 'kube-apiserver')
  process.kill(apiserver?.pid ?? 0, 'SIGKILL')

  const after = await up(dataDir)

  t.equal(
    (await kubectlOf(after, 'get', 'namespace', 'kept', '-o', 'name')).trim(),
    'namespace/kept',
  )
  t.notOk(processes.some(isRunning), 'what was left of the crashed stack is gone')
  t.equal((await processesOf(dataDir)).filter(isRunning).length, 6)
})
