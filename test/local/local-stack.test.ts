import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { test } from 'tap'
import { isRunning } from '../../src/local/process-identity.ts'
import { kubectlOf, local, processesOf, stackDir, up } from '../support/local-command.ts'

test('local up, status and down', async (t) => {
  const dataDir = await stackDir(t)
  const address = await up(dataDir)
  const processes = await processesOf(dataDir)

  await t.test('up leaves a control plane and a redis running', async (t) => {
    t.match(await kubectlOf(address, 'get', 'nodes', '--no-headers'), /^node-1\s+Ready/)
    t.match(address, { dataDir, redisUrl: /^redis:\/\/:\w+@127\.0\.0\.1:\d+$/ })
    t.notOk('auditLog' in address)
    t.same(processes.map(({ name }) => name).toSorted(), [
      'etcd',
      'kube-apiserver',
      'kube-controller-manager',
      'kube-scheduler',
      'kwok',
      'redis-server',
    ])
    t.ok(processes.every(isRunning))
  })

  await t.test('up again gives the same stack', async (t) => {
    t.same(JSON.parse(await local('up', '--data-dir', dataDir, '-o', 'json')), address)
    t.same(await processesOf(dataDir), processes)
  })

  await t.test('up otherwise than it runs is refused', async (t) => {
    await t.rejects(local('up', '--data-dir', dataDir, '--audit'), {
      code: 1,
      stderr: /without audit log, not .* with audit log: remove it with `landfall local down`/,
    })
  })

  await t.test('status gives the address of a stack that runs', async (t) => {
    t.same(JSON.parse(await local('status', '--data-dir', dataDir, '-o', 'json')), address)
  })

  await t.test('a second stack runs beside it', async (t) => {
    const second = await up(await stackDir(t), '--audit')
    await kubectlOf(second, 'create', 'namespace', 'only-here')

    t.not(second.server, address.server)
    t.ok(existsSync(String(second.auditLog)))
    t.notMatch(await kubectlOf(address, 'get', 'namespaces', '-o', 'name'), /only-here/)
  })

  await t.test('down leaves no process and no file, and says so once', async (t) => {
    const other = spawn('sleep', ['1000'])
    t.teardown(() => other.kill())

    t.match(await local('down', '--data-dir', dataDir), /ended and removed/)

    t.notOk(processes.some(isRunning))
    t.notOk(existsSync(dataDir))
    t.equal(other.exitCode, null)
    t.match(await local('down', '--data-dir', dataDir), /no local stack/)
    await t.rejects(local('status', '--data-dir', dataDir), { code: 4, stderr: /no local stack/ })
  })
})
