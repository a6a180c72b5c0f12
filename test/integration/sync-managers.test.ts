import { test } from 'tap'
import { stringify } from 'yaml'
import type { ManagerRule } from '../../src/domain/application.ts'
import { web } from '../support/ownership.ts'
import { type SyncBench, syncBench } from '../support/sync-bench.ts'

test('a field manager that no list knows', async (t) => {
  const addByBot = async (bench: Awaited<ReturnType<typeof syncBench>>) => {
    const container = { name: 'app', env: [{ name: 'DEBUG', value: '1' }] }
    const patch = {
      metadata: { labels: { touched: 'yes' } },
      spec: { template: { spec: { containers: [container] } } },
    }
    await bench.kubectl(
      'patch',
      'deploy/web',
      '--field-manager=team-bot',
      `--patch=${JSON.stringify(patch)}`,
    )
  }
  const stateOf = (bench: Awaited<ReturnType<typeof syncBench>>) =>
    bench.kubectl('get', 'deploy/web', '-o', 'jsonpath={..env[*].name} {.metadata.labels.touched}')
  const deployed = async (managers: Parameters<typeof syncBench>[1]) => {
    const bench = await syncBench(t, managers)
    await bench.repository.commit({ 'app/web.yaml': stringify(web(bench.namespace)) })
    await bench.sync('push')
    await addByBot(bench)
    return bench
  }

  await t.test('is left alone, as a controller is', async (t) => {
    const bench = await deployed({})

    t.match((await bench.sync('sweep')).record, { phase: 'Succeeded', drift: [] })
    t.equal(await stateOf(bench), 'DEBUG A yes')
  })

  await t.test('is undone for the paths for which a rule calls it a person', async (t) => {
    const paths = ['/spec/template']
    const bench = await deployed({ managers: [{ match: 'team-*', class: 'human', paths }] })

    const { record } = await bench.sync('sweep')

    t.match(record.drift, [{ type: 'extra', healed: true, offender: { manager: 'team-bot' } }])
    t.equal(await stateOf(bench), 'A yes')
    t.match((await bench.sync('sweep')).record, { phase: 'Succeeded', drift: [] })
  })
})

test('who scaled an object by its scale subresource', async (t) => {
  const byScaler = ['patch', 'deploy/web', '--subresource=scale', '--field-manager=our-scaler']
  const replicas = (bench: SyncBench) =>
    bench.kubectl('get', 'deploy/web', '-o', 'jsonpath={.spec.replicas}')
  const deployed = async (managers: readonly ManagerRule[]) => {
    const bench = await syncBench(t, { managers })
    const commit = (image: string) => {
      const text = stringify(web(bench.namespace)).replace(/image: .*/, `image: ${image}`)
      return bench.repository.commit({ 'app/web.yaml': text })
    }
    await commit('web:1')
    await bench.sync('push')
    return { bench, commit, declared: await replicas(bench) }
  }
  const rule = (match: string, owner: ManagerRule['class'], ...paths: string[]): ManagerRule => {
    return { match, class: owner, paths }
  }

  await t.test(
    'is a controller unless a rule says otherwise, and keeps the replicas',
    async (t) => {
      const { bench } = await deployed([])
      await bench.kubectl(...byScaler, '--patch={"spec":{"replicas":7}}')

      t.match((await bench.sync('sweep')).record, { phase: 'Succeeded', drift: [] })
      t.equal(await replicas(bench), '7')
    },
  )

  await t.test('is undone where a rule calls it a person', async (t) => {
    const { bench, declared } = await deployed([rule('our-*', 'human')])
    await bench.kubectl(...byScaler, '--patch={"spec":{"replicas":7}}')

    const { record } = await bench.sync('sweep')

    t.match(record.drift, [{ healed: true, offender: { manager: 'our-scaler' } }])
    t.equal(await replicas(bench), declared)
    t.match((await bench.sync('sweep')).record, { phase: 'Succeeded', drift: [] })
  })

  await t.test('may be kubectl where a rule allows that, in a push too', async (t) => {
    const { bench, commit } = await deployed([rule('kubectl', 'controller', '/spec/replicas')])
    await bench.kubectl('scale', 'deploy/web', '--replicas=7')

    t.match((await bench.sync('sweep')).record, { phase: 'Succeeded', drift: [] })
    await commit('web:2')
    await bench.sync('push')

    t.equal(await replicas(bench), '7')
    t.equal(await bench.kubectl('get', 'deploy/web', '-o', 'jsonpath={..image}'), 'web:2')
  })

  await t.test('is a person where a rule for other paths calls kubectl a controller', async (t) => {
    const { bench, declared } = await deployed([rule('kubectl', 'controller', '/metadata')])
    await bench.kubectl('scale', 'deploy/web', '--replicas=7')

    t.match((await bench.sync('sweep')).record.drift, [{ healed: true }])
    t.equal(await replicas(bench), declared)
  })
})
