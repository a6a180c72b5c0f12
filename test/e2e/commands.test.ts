import { cp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'tap'
import { parseAllDocuments } from 'yaml'
import { configMapFiles, configMapYaml } from '../support/manifests.ts'
import { testSite } from '../support/site.ts'

test('the commands', async (t) => {
  const site = await testSite(t)
  const good = await site.repository.commit(configMapFiles(2))
  await site.start()
  await site.final(good)

  await t.test('status lists applications, and tells all of one as JSON', async (t) => {
    const all = await site.landfall('status')
    const one = await site.landfall('status', site.name, '-o', 'json')

    t.equal(all.code, 0)
    t.match(all.stdout, new RegExp(`^${site.name} +Synced +Healthy +${good.slice(0, 7)}`, 'm'))
    const { objects, ...application } = JSON.parse(one.stdout)
    t.match(application, {
      name: site.name,
      syncStatus: 'Synced',
      health: 'Healthy',
      revision: good,
      phase: 'Succeeded',
      message: /^2 created, healthy/,
      drift: [],
    })
    t.match(objects, [
      { kind: 'ConfigMap', namespace: site.name, name: 'c0', health: 'Healthy', action: 'created' },
      { kind: 'ConfigMap', namespace: site.name, name: 'c1' },
    ])
  })

  await t.test('render prints the objects with where they come from', async (t) => {
    const { code, stdout } = await site.landfall('render', site.name)

    t.equal(code, 0)
    t.match(stdout, '# app/c0.yaml:1')
    const objects = parseAllDocuments(stdout).map((document) => document.toJS())
    t.strictSame(
      objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`),
      ['ConfigMap c0', 'ConfigMap c1'],
    )
  })

  await t.test('diff exits with 0 where nothing differs', async (t) => {
    const { code, stdout } = await site.landfall('diff', site.name)

    t.equal(code, 0)
    t.equal(stdout, 'no difference\n')
  })

  await t.test("diff exits with 3 and the server's diff of what a sync would change", async (t) => {
    await site.repository.commit({
      ...configMapFiles(1, { a: '2' }),
      'app/c1.yaml': null,
      'app/new.yaml': configMapYaml('new'),
    })

    const { code, stdout } = await site.landfall('diff', site.name)

    t.equal(code, 3)
    t.match(stdout, new RegExp(`to create \\(1\\)\n  ConfigMap ${site.name}/new  app/new.yaml:1`))
    t.match(stdout, /to configure \(1\)\n.*c0.*\n +\/data\/a\n +- "1"\n +\+ "2"/)
    t.match(stdout, new RegExp(`to delete \\(1\\)\n  ConfigMap ${site.name}/c1`))
    t.equal(await site.kubectl('get', 'cm', 'c0', '-o', 'jsonpath={.data.a}'), '1')
  })

  await t.test('sync --wait tells how it went; then nothing differs', async (t) => {
    const { code, stdout } = await site.landfall('sync', site.name, '--wait')

    t.equal(code, 0)
    t.match(stdout, 'Succeeded  manual')
    t.match(stdout, '1 created, 1 configured, 1 pruned')
    t.equal((await site.landfall('diff', site.name)).code, 0)
  })

  await t.test('diff --local compares a folder that nobody committed', async (t) => {
    const local = join(site.dir, 'local')
    await cp(site.repository.work, local, { recursive: true })
    await rm(join(local, 'app/new.yaml'))

    const { code, stdout } = await site.landfall('diff', site.name, '--local', local)

    t.equal(code, 3)
    t.match(stdout, /to delete \(1\)\n.*\/new: no longer in Git$/m)
  })

  await t.test('diff exits with 1 where the server refuses an object', async (t) => {
    const local = join(site.dir, 'refused')
    await cp(site.repository.work, local, { recursive: true })
    await writeFile(join(local, 'app/c0.yaml'), configMapYaml('c0', { a: 1 }))

    const { code, stdout } = await site.landfall('diff', site.name, '--local', local)

    t.equal(code, 1)
    t.match(stdout, /refused by the server \(1\)\n.*c0: .*data\.a/)
  })

  await t.test('sync --wait exits with 1 where it fails', async (t) => {
    await site.repository.commit({ 'app/bad.yaml': 'kind: ConfigMap\n' })

    const { code, stdout } = await site.landfall('sync', site.name, '--wait')

    t.equal(code, 1)
    t.match(stdout, /Failed  manual/)
    t.match(stdout, /app\/bad\.yaml:1: .*apiVersion is missing/)
  })

  await t.test('history tells when, who, why and what, newest first', async (t) => {
    const { code, stdout } = await site.landfall('history', site.name)

    t.equal(code, 0)
    const heads = stdout.match(/^\S+Z {2}.*$/gm) ?? []
    t.match(heads[0], /Failed {2}manual {2}\d+\.\d s$/)
    t.match(heads[1], /Succeeded {2}manual {2}\d+\.\d s$/)
    t.match(stdout, new RegExp(`${good.slice(0, 7)} Ada “change”`))
    t.match(stdout, new RegExp(`deleted ConfigMap ${site.name}/c1`))
  })

  await t.test(
    'an application that is not configured is told: exit 1 by the instance, 2 by the file',
    async (t) => {
      const asked = await site.landfall('sync', 'nobody')
      t.equal(asked.code, 1)
      t.match(asked.stderr, /^landfall: .*nobody.* 404: .*; its applications: landfall status/)
      const looked = await site.landfall('diff', 'nobody')
      t.equal(looked.code, 2)
      t.match(looked.stderr, /^landfall: no application nobody is configured; there are: test-/)
    },
  )

  await t.test('a wrong command line exits with 2', async (t) => {
    t.equal((await site.landfall('status', '--colour')).code, 2)
    t.equal((await site.landfall('stats')).code, 2)
    t.match(await site.landfall('start', '--role', 'worker'), {
      code: 2,
      stderr: 'needs redis.url',
    })
  })
})

test('without an instance', async (t) => {
  const site = await testSite(t)
  await site.repository.commit(configMapFiles(1))

  await t.test('commands that talk to one say how to start one', async (t) => {
    const { code, stdout, stderr } = await site.landfall('status')

    t.equal(code, 1)
    t.equal(stdout, '')
    t.match(
      stderr,
      /^landfall: no instance answers on .*landfall\.sock; start one with: landfall start/,
    )
  })

  await t.test('render, diff and validate work', async (t) => {
    t.equal((await site.landfall('render', site.name)).code, 0)
    t.equal((await site.landfall('diff', site.name)).code, 3)
  })
})
