import { test } from 'tap'
import { stringify } from 'yaml'
import { web } from '../support/ownership.ts'
import { syncBench } from '../support/sync-bench.ts'

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
