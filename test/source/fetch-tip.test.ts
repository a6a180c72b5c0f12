import { appendFile, readdir, rename, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'tap'
import { systemClock } from '../../src/domain/clock.ts'
import { parseCommitSha } from '../../src/domain/revision.ts'
import { createSecret } from '../../src/domain/secret.ts'
import { createSource } from '../../src/source/create-source.ts'
import { anySource, aRepository, aSource, noSignal } from '../support/a-source.ts'
import { anApplication } from '../support/an-application.ts'
import { createTestRepository, git } from '../support/git-repository.ts'

async function mirrorOf(dir: string): Promise<string> {
  const mirrors = join(dir, 'data', 'mirrors')
  const [name = ''] = await readdir(mirrors)
  return join(mirrors, name)
}

test('fetchTip', async (t) => {
  await t.test('resolves the tip with author, time and subject', async (t) => {
    const { repository, source } = await aRepository(t)
    const application = anApplication({ repo: repository.url })
    const sha = await repository.commit({ a: '1' }, { message: 'Scale up\n\nwith a body' })

    const tip = await source.fetchTip(application, noSignal)

    t.match(tip, {
      sha,
      rootTree: await repository.git('rev-parse', 'HEAD^{tree}'),
      author: 'Ada',
      subject: 'Scale up',
    })
    const committedAt = await repository.git('log', '-1', '--format=%cI')
    t.equal(Date.parse(tip.committedAt), Date.parse(committedAt))
  })

  await t.test('leaves control characters out of what it tells', async (t) => {
    const { repository, source } = await aRepository(t)
    await repository.commit({ a: '1' }, { message: 'red \u001b[31m and \u202e reversed' })

    const tip = await source.fetchTip(anApplication({ repo: repository.url }), noSignal)

    t.equal(tip.subject, 'red [31m and  reversed')
  })

  await t.test('follows new commits, and a history that was rewritten', async (t) => {
    const { repository, source } = await aRepository(t)
    const application = anApplication({ repo: repository.url })
    const first = await source.fetchTip(application, noSignal)

    const second = await repository.commit({ a: '2' })
    t.equal((await source.fetchTip(application, noSignal)).sha, second)

    await repository.git('reset', '-q', '--hard', first.sha)
    await repository.git('push', '-q', '--force', 'origin', 'main')
    t.equal((await source.fetchTip(application, noSignal)).sha, first.sha)
  })

  await t.test('keeps the branches of one repository in one mirror', async (t) => {
    const { dir, repository, source } = await aRepository(t)
    const main = await repository.git('rev-parse', 'HEAD')
    await repository.git('checkout', '-q', '-b', 'next')
    const next = await repository.commit({ a: 'next' })
    const [one, two] = [
      anApplication({ repo: repository.url }),
      anApplication({ repo: repository.url, branch: 'next' }),
    ]

    const tips = await Promise.all([source.fetchTip(one, noSignal), source.fetchTip(two, noSignal)])

    t.same(
      tips.map(({ sha }) => sha),
      [main, next],
    )
    t.equal((await readdir(join(dir, 'data', 'mirrors'))).length, 1)
    t.equal((await source.localTip(one))?.sha, main)
  })

  await t.test('fetches the tracked branch and nothing else', async (t) => {
    const { dir, repository, source } = await aRepository(t)
    await repository.git('tag', 'v1')
    await repository.git(
      'push',
      '-q',
      'origin',
      'v1',
      'HEAD:refs/heads/other',
      'HEAD:refs/pull/1/head',
    )

    await source.fetchTip(anApplication({ repo: repository.url }), noSignal)

    const refs = await git(await mirrorOf(dir), 'for-each-ref', '--format=%(refname)')
    t.equal(refs, 'refs/landfall/heads/main')
  })

  await t.test('is made by several processes on one folder at once', async (t) => {
    const { dir, repository } = await aRepository(t)
    const application = anApplication({ repo: repository.url })
    const sources = Array.from({ length: 4 }, () => aSource(dir))

    for (let round = 0; round < 3; round += 1) {
      const sha = await repository.commit({ a: String(round) })
      const tips = await Promise.all(sources.map((one) => one.fetchTip(application, noSignal)))
      t.same(
        tips.map((tip) => tip.sha),
        [sha, sha, sha, sha],
      )
    }
  })

  await t.test('B1: is not misled by tags named like the branch', async (t) => {
    const { repository, source } = await aRepository(t)
    const application = anApplication({ repo: repository.url })
    const good = await repository.git('rev-parse', 'HEAD')
    await repository.git('checkout', '-q', '-b', 'evil')
    const evil = await repository.commit({ a: 'evil' })
    await repository.git('tag', 'main', evil)
    await repository.git('tag', 'refs/heads/main', evil)
    await repository.git('push', '-q', 'origin', 'refs/tags/main', 'refs/tags/refs/heads/main')

    t.equal((await source.fetchTip(application, noSignal)).sha, good)
    t.equal((await source.localTip(application))?.sha, good)
  })

  await t.test('B2: a commit the branch does not reach is not in the mirror', async (t) => {
    const { repository, source } = await aRepository(t)
    const application = anApplication({ repo: repository.url })
    await repository.git('checkout', '-q', '--orphan', 'fork')
    await repository.git('commit', '-q', '-m', 'imposter')
    await repository.git('push', '-q', 'origin', 'HEAD:refs/pull/1/head')
    const imposter = parseCommitSha(await repository.git('rev-parse', 'HEAD'))
    const tip = await source.fetchTip(application, noSignal)

    t.ok(imposter)
    if (imposter === undefined) return
    t.equal(await source.localRevision(application, imposter), undefined)
    t.equal(await source.isAncestor(application, imposter, tip.sha), false)
  })

  await t.test('B4: says that the branch is gone, and keeps what it knows', async (t) => {
    const { repository, source } = await aRepository(t)
    const application = anApplication({ repo: repository.url })
    const tip = await source.fetchTip(application, noSignal)
    await git(repository.bare, 'update-ref', '-d', 'refs/heads/main')

    await t.rejects(source.fetchTip(application, noSignal), { code: 'SOURCE_BRANCH_GONE' })
    t.same(await source.localTip(application), tip)
  })

  await t.test('refuses a branch that points to no commit', async (t) => {
    const { repository, source } = await aRepository(t)
    const application = anApplication({ repo: repository.url, branch: 'blob' })
    const blob = await repository.git('rev-parse', 'HEAD:apps/task-agent/config.yaml')
    await writeFile(join(repository.bare, 'refs', 'heads', 'blob'), `${blob}\n`)

    await t.rejects(source.fetchTip(application, noSignal), { code: 'SOURCE_REFUSED' })
  })

  await t.test('says that a repository is not there', async (t) => {
    const { dir, source } = await aRepository(t)
    const application = anApplication({ repo: `file://${dir}/absent.git` })

    await t.rejects(source.fetchTip(application, noSignal), { code: 'SOURCE_DENIED' })
    t.equal(await source.localTip(application), undefined)
    t.same(await readdir(join(dir, 'data', 'tmp')), [])
  })

  await t.test('says that git is not installed', async (t) => {
    const { dir, repository } = await aRepository(t)
    const source = aSource(dir, { path: join(dir, 'nowhere') })

    const application = anApplication({ repo: repository.url })
    await t.rejects(source.fetchTip(application, noSignal), { code: 'TOOL_MISSING' })
  })

  await t.test('C1: git itself is never asked for a protocol that is not allowed', async (t) => {
    const { dir, repository } = await aRepository(t)
    const marker = join(dir, 'marker')
    const source = aSource(dir)

    for (const repo of [`ext::sh -c touch% ${marker}`, `--upload-pack=touch ${marker}`]) {
      const application = anApplication({ repo })
      await t.rejects(source.fetchTip(application, noSignal), { code: 'SOURCE_REFUSED' })
    }
    const closed = createSource({
      dataDir: join(dir, 'data'),
      security: { ...anySource, allowLocalRepos: false },
      clock: systemClock,
    })
    const local = anApplication({ repo: repository.url })
    await t.rejects(closed.fetchTip(local, noSignal), { code: 'SOURCE_REFUSED' })
    t.notOk((await readdir(dir)).includes('marker'))
  })

  await t.test('stops at once for a caller who gave up before', async (t) => {
    const { repository, source } = await aRepository(t)
    const signal = AbortSignal.abort(new Error('superseded'))

    const fetching = source.fetchTip(anApplication({ repo: repository.url }), signal)

    await t.rejects(fetching, { code: 'SOURCE_TIMEOUT', cause: { message: 'superseded' } })
  })
})

test('a repository with SHA-256 ids is mirrored like any other', async (t) => {
  const dir = t.testdir()
  const repository = await createTestRepository(dir, { objectFormat: 'sha256' })
  const sha = await repository.commit({ 'apps/task-agent/a.yaml': 'a: 1\n' })
  const source = aSource(dir)
  const application = anApplication({ repo: repository.url })

  const tip = await source.fetchTip(application, noSignal)

  t.equal(tip.sha, sha)
  t.equal(sha.length, 64)
  const { files } = await source.readTree(application, tip, noSignal)
  t.equal(String(await files[0]?.read()), 'a: 1\n')
})

test('a mirror nobody fetched into for a month is dropped at the next start', async (t) => {
  const { dir, repository, source } = await aRepository(t)
  const application = anApplication({ repo: repository.url })
  const tip = await source.fetchTip(application, noSignal)
  const after = (days: number) => {
    const now = () => Date.now() + days * 24 * 60 * 60 * 1000
    return aSource(dir, { clock: { now } })
  }

  t.same(await after(29).localTip(application), tip)
  t.equal(await after(31).localTip(application), undefined)
})

test('R20: a damaged mirror is made anew', async (t) => {
  async function damaged(name: string, damage: (mirror: string) => Promise<void>) {
    await t.test(name, async (t) => {
      const { dir, repository, source } = await aRepository(t)
      const application = anApplication({ repo: repository.url })
      const big = Array.from({ length: 200 }, (_, i) => [`f${i}`, `${i}\n`.repeat(50)] as const)
      await repository.commit(Object.fromEntries(big))
      await source.fetchTip(application, noSignal)
      await damage(await mirrorOf(dir))
      const sha = await repository.commit({ a: 'new' })

      const tip = await source.fetchTip(application, noSignal)

      t.equal(tip.sha, sha)
      const { files } = await source.readTree({ ...application, path: '' }, tip, noSignal)
      t.equal((await Promise.all(files.map((file) => file.read()))).length, 202)
      t.same(await readdir(join(dir, 'data', 'tmp')), [])
    })
  }

  await damaged('after a lock that nobody holds', (mirror) =>
    writeFile(join(mirror, 'refs', 'landfall', 'heads', 'main.lock'), ''),
  )
  await damaged('after a pack was cut short', async (mirror) => {
    const packs = join(mirror, 'objects', 'pack')
    for (const name of await readdir(packs)) {
      if (name.endsWith('.pack')) await truncate(join(packs, name), 100)
    }
  })
  await damaged('after its packs were lost', async (mirror) => {
    await rename(join(mirror, 'objects', 'pack'), join(mirror, 'objects', 'lost'))
  })
  await damaged('after its configuration was garbled', (mirror) =>
    appendFile(join(mirror, 'config'), '[core\n'),
  )
  await damaged('after its HEAD was lost', (mirror) =>
    rename(join(mirror, 'HEAD'), join(mirror, 'X')),
  )
  await damaged('after its ref was garbled', (mirror) =>
    writeFile(join(mirror, 'refs', 'landfall', 'heads', 'main'), 'garbage\n'),
  )
  await damaged('after its ref was emptied', (mirror) =>
    writeFile(join(mirror, 'refs', 'landfall', 'heads', 'main'), ''),
  )
})

test('R20: a damaged mirror that is only read is dropped, and others stay', async (t) => {
  const { dir, repository, source } = await aRepository(t)
  const application = anApplication({ repo: repository.url })
  const other = anApplication({
    repo: repository.url,
    credentials: { kind: 'token', username: 'other', token: createSecret('other') },
  })
  const tip = await source.fetchTip(application, noSignal)
  const mirror = await mirrorOf(dir)
  await source.fetchTip(other, noSignal)
  await rename(join(mirror, 'HEAD'), join(mirror, 'X'))
  const later = aSource(dir)

  await t.rejects(later.pathTree(application, tip), { code: 'SOURCE_CORRUPT' })
  t.equal(await later.localTip(application), undefined)
  t.equal((await later.localTip(other))?.sha, tip.sha)
})
