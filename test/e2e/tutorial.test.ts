import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'tap'
import { readersFolder, runPage } from '../support/run-page.ts'
import { until } from '../support/until.ts'

test('docs/first-application.md: each command does what the page says', async (t) => {
  const folder = await readersFolder(t)
  const reader = runPage(t, 'docs/first-application.md', { folder: ['/tmp/landfall-try', folder] })
  const instance = `--data-dir ${folder}/.landfall`
  const history = async () => (await reader.line(`landfall history task-agent ${instance}`)).stdout
  const status = async () => {
    const { code, stdout } = await reader.line(`landfall status task-agent ${instance} -o json`)
    return code === 0 || code === 4 ? JSON.parse(stdout) : {}
  }
  t.teardown(() => reader.run('local down'))

  t.match(await reader.run('local up'), { code: 0 })
  const stack = await reader.line(`landfall local up --data-dir ${folder}/cluster -o json`)
  reader.useProgram(JSON.parse(stack.stdout).kubectl)
  t.match(await reader.run('git init --bare'), { code: 0 })
  const config = reader.block('allowLocalRepos').replace('127.0.0.1:8080', '127.0.0.1:0')
  await writeFile(join(folder, 'landfall.yaml'), config)

  // 3: there is a difference.
  const plan = await reader.run('landfall diff')
  t.match(plan, { code: 3 })
  t.match(plan.stdout, reader.block('to create (3)'))

  const running = reader.start('landfall start')
  await until('deployed', async () => (await status()).health === 'Healthy')
  t.match(await reader.run('landfall status'), { code: 0, stdout: /Synced.*Healthy/s })

  t.match(await reader.run('kubectl scale'), { code: 0 })
  await until('healed', async () => {
    const told = await history()
    const replicas = /; healed(\n +\/.*)*\n +\/spec\/replicas: 5 → 3/
    const variable = /; healed(\n +\/.*)*\n +\/.*"DEBUG","value":"true"}] → \(none\)/
    return replicas.test(told) && variable.test(told)
  })

  t.match(await reader.run('replicas: three'), { code: 0 })
  const refusal = '.spec.replicas: expected numeric (int or float)'
  await until('refused', async () => (await history()).includes(refusal))
  t.match(await status(), { syncStatus: 'OutOfSync' })

  t.match(await reader.run('revert --no-edit'), { code: 0 })
  t.match(await status(), { syncStatus: 'Synced', health: 'Healthy' })

  await running.stop()
  t.match(await reader.run('local down'), { code: 0 })
})
