import { test } from 'tap'
import { emptyInventory, type Inventory } from '../../src/domain/inventory.ts'
import { isTouched } from '../../src/engine/is-touched.ts'
import { aRepository, noSignal } from '../support/a-source.ts'
import { aSyncRecord } from '../support/a-sync-record.ts'
import { anApplication } from '../support/an-application.ts'

test('a commit touches an application', async (t) => {
  const { repository, source } = await aRepository(t)
  const application = anApplication({ repo: repository.url })
  const first = await repository.git('rev-parse', 'HEAD')
  const fetchTip = () => source.fetchTip(application, noSignal)
  await fetchTip()
  await repository.commit({ 'README.md': 'elsewhere\n' })
  const elsewhere = await fetchTip()
  await repository.commit({ 'apps/task-agent/config.yaml': 'a: 2\n' })
  const inside = await fetchTip()

  const touched = (
    revision: typeof inside,
    applied: string | undefined,
    inventory: Partial<Inventory> = {},
  ) =>
    isTouched(source, application, { ...emptyInventory, revision: applied, ...inventory }, revision)

  await t.test('whose folder it changes against what is deployed', async (t) => {
    t.ok(await touched(inside, first))
    t.notOk(await touched(elsewhere, first))
  })

  await t.test('that has nothing deployed, or nothing the mirror knows', async (t) => {
    t.ok(await touched(elsewhere, undefined))
    t.ok(await touched(elsewhere, 'f'.repeat(40)))
  })

  await t.test('no more, once it is deployed itself', async (t) => {
    t.notOk(await touched(inside, inside.sha))
  })

  await t.test('that was left in the middle of being deployed', async (t) => {
    const running = aSyncRecord({ revision: inside.sha, phase: 'Running' })
    const older = aSyncRecord({ revision: elsewhere.sha, phase: 'Running' })
    const ended = aSyncRecord({ revision: inside.sha, phase: 'Succeeded' })

    t.ok(await touched(inside, inside.sha, { history: [older, running] }))
    t.notOk(await touched(inside, inside.sha, { history: [ended, running] }))
  })

  await t.test('whose folder it takes away or brings', async (t) => {
    await repository.commit({ 'apps/task-agent/config.yaml': null })
    const without = await fetchTip()

    t.ok(await touched(without, inside.sha))
    t.ok(await touched(inside, without.sha))
  })
})
