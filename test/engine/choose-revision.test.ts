import { type Test, test } from 'tap'
import type { Application } from '../../src/domain/application.ts'
import { emptyInventory } from '../../src/domain/inventory.ts'
import type { SyncRequest } from '../../src/domain/sync-request.ts'
import { chooseRevision } from '../../src/engine/choose-revision.ts'
import { aRepository } from '../support/a-source.ts'
import { aSyncRequest } from '../support/a-sync-request.ts'
import { anApplication } from '../support/an-application.ts'

/** A branch of two commits, the first of which is deployed and in the mirror. */
async function aBranch(t: Test) {
  const { repository, source } = await aRepository(t)
  const applied = await repository.git('rev-parse', 'HEAD')
  const application = anApplication({ repo: repository.url })
  await source.fetchTip(application, new AbortController().signal)
  const tip = await repository.commit({ 'apps/task-agent/config.yaml': 'a: 2\n' })
  const choose = async (
    request: Partial<SyncRequest>,
    { revision = applied, app = application }: { revision?: string; app?: Application } = {},
  ) => {
    const chosen = await chooseRevision(source, app, aSyncRequest(request), {
      ...emptyInventory,
      revision,
    })
    return { ...chosen, revision: chosen.revision.sha }
  }
  return { application, repository, applied, tip, choose }
}

test('the commit a sync works with', async (t) => {
  const { application, applied, tip, choose } = await aBranch(t)
  const found = (revision: string) => ({
    revision,
    heldBack: undefined,
    isStale: false,
    refused: undefined,
  })

  await t.test('is the last applied one for a drift job, which asks no remote', async (t) => {
    t.strictSame(await choose({ trigger: 'drift', fetch: false }), found(applied))
  })

  await t.test('is the tip of the branch', async (t) => {
    t.strictSame(await choose({}), found(tip))
    t.strictSame(await choose({ trigger: 'sweep' }), found(tip))
  })

  await t.test('is the tip for a drift job too, when nothing it knows was applied', async (t) => {
    const drift = { trigger: 'drift', fetch: false } as const

    t.strictSame(await choose(drift, { revision: 'f'.repeat(40) }), found(tip))
    t.strictSame(await choose(drift, { revision: '' }), found(tip))
  })

  await t.test('is the last applied one for a sweep, when the tip failed for good', async (t) => {
    const failed = { trigger: 'sweep', failedRevision: tip } as const

    t.match(await choose(failed), {
      revision: applied,
      heldBack: {
        code: 'SOURCE_REFUSED',
        text: `${tip.slice(0, 7)} failed before and is not tried again; push a correction, or run: landfall sync task-agent`,
      },
      isStale: false,
    })
    t.strictSame(await choose(failed, { revision: tip }), found(tip), 'nor once it is applied')
  })

  await t.test('is the failed tip for a person or a push, who want it tried again', async (t) => {
    for (const trigger of ['manual', 'push'] as const) {
      t.strictSame(await choose({ trigger, failedRevision: tip }), found(tip))
    }
  })

  await t.test('is none, when the failed tip is all there is', async (t) => {
    await t.rejects(
      choose({ trigger: 'sweep', failedRevision: tip }, { revision: 'f'.repeat(40) }),
      { code: 'SOURCE_REFUSED' },
    )
  })

  await t.test('is stale, when the forge announced one that the tip does not hold', async (t) => {
    const isStale = async (expectedSha: string) => (await choose({ expectedSha })).isStale

    t.ok(await isStale('e'.repeat(40)))
    t.notOk(await isStale(tip))
    t.notOk(await isStale(applied), 'an older commit of the branch')
    t.notOk(await isStale('main'), 'what is no commit id')
  })

  await t.test('is the last applied one for a sweep that cannot reach the tip', async (t) => {
    const app = { ...application, branch: 'gone' }

    t.match(await choose({ trigger: 'sweep' }, { app }), {
      revision: applied,
      heldBack: { code: 'SOURCE_BRANCH_GONE' },
    })
    await t.rejects(choose({ trigger: 'push' }, { app }), { code: 'SOURCE_BRANCH_GONE' })
  })

  await t.test('is none, when the sync was stopped', async (t) => {
    const signal = AbortSignal.abort(new Error('stopped'))

    await t.rejects(choose({ trigger: 'sweep', signal }))
  })
})

test('a rewritten branch', async (t) => {
  const { application, repository, applied, choose } = await aBranch(t)
  await repository.git('commit', '-q', '--amend', '-m', 'before')
  await repository.git('push', '-q', '--force', 'origin', 'HEAD')
  const strict = { ...application, sync: { ...application.sync, requireFastForward: true } }

  await t.test('is followed while it holds what is deployed', async (t) => {
    const { revision } = await choose({}, { app: strict })

    t.equal(revision, await repository.git('rev-parse', 'HEAD'))
  })

  await repository.git('checkout', '-q', '--orphan', 'other')
  await repository.git('commit', '-q', '-m', 'unrelated')
  await repository.git('push', '-q', '--force', 'origin', 'HEAD:main')
  const unrelated = await repository.git('rev-parse', 'HEAD')

  await t.test('is followed though it lost it, unless the application forbids that', async (t) => {
    t.equal((await choose({})).revision, unrelated)
    const { revision, refused } = await choose({}, { app: strict })
    t.equal(revision, unrelated, 'the commit is known, so that its forge hears of it')
    t.match(refused, {
      code: 'SOURCE_NOT_FAST_FORWARD',
      text: `main was rewritten: ${unrelated.slice(0, 7)} does not contain ${applied.slice(0, 7)}, which is deployed; push a commit on top of it, or set sync.requireFastForward: false`,
    })
  })

  await t.test('is followed by an application that has nothing deployed', async (t) => {
    t.equal((await choose({}, { app: strict, revision: '' })).revision, unrelated)
  })
})
