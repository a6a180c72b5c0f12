import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { test } from 'tap'
import { parseCommit } from '../../src/source/parse-commit.ts'
import { createTestRepository, type TestRepository } from '../support/git-repository.ts'

const oid = 'a'.repeat(40)
const head = `tree ${'b'.repeat(40)}\nauthor Ada <ada@example.com> 1767225600 +0100\ncommitter Bob <bob@example.com> 1767225600 -0130\n`

test('parseCommit', async (t) => {
  const of = (message: string) => parseCommit(oid, Buffer.from(`${head}\n${message}`))

  await t.test('tells who wrote it and when it was committed', async (t) => {
    t.strictSame(of('Scale up\n\nwith a body\n'), {
      sha: oid,
      rootTree: 'b'.repeat(40),
      author: 'Ada',
      committedAt: '2025-12-31T22:30:00-01:30',
      subject: 'Scale up',
      allowsPrune: false,
    })
  })

  await t.test('reads a name in the encoding that the commit names', async (t) => {
    const text = head.replace('Ada', 'Jos\u00e9') + 'encoding ISO-8859-1\n\nna\u00efve\n'
    const { author, subject } = parseCommit(oid, Buffer.from(text, 'latin1')) ?? {}
    t.strictSame([author, subject], ['Jos\u00e9', 'na\u00efve'])
  })

  await t.test('is undefined for what is no commit', async (t) => {
    t.equal(parseCommit(oid, Buffer.from('tagger x\n')), undefined)
    t.equal(parseCommit('abc', Buffer.from(head)), undefined)
  })

  await t.test('never throws, whatever the object holds', async (t) => {
    const bytes = fc.uint8Array({ maxLength: 200 })
    fc.assert(fc.property(bytes, (content) => void parseCommit(oid, Buffer.from(content))))
    t.pass('for a thousand of them')
  })
})

const line = fc.constantFrom(
  'Scale up',
  '  indented',
  'Landfall-Allow-Prune: true',
  'landfall-allow-prune : true',
  'Landfall-Allow-Prune: false',
  'Landfall-Allow-Prune:',
  'Reviewed-by: Ada <ada@example.com>',
  'Signed-off-by: Ada <ada@example.com>',
  '(cherry picked from commit abc)',
  'not a trailer',
  ' a folded line',
  '',
)

test('parseCommit says the same as git log', async (t) => {
  const repository = await createTestRepository(t.testdir())
  await repository.commit({ a: '1' })
  const tree = await repository.git('rev-parse', 'HEAD^{tree}')
  const messages = fc.sample(fc.array(line, { minLength: 1, maxLength: 9 }), 150)
  const commits: { readonly sha: string; readonly content: Buffer }[] = []
  for (const lines of messages) {
    const content = Buffer.from(
      `tree ${tree}\nauthor Ada <ada@example.com> 1767225600 +0100\ncommitter Ada <ada@example.com> 1767225600 +0100\n\n${lines.join('\n')}\n`,
    )
    commits.push({ sha: await writeObject(repository, content), content })
  }
  const format = '--format=%H%x00%an%x00%s%x00%(trailers:key=Landfall-Allow-Prune,valueonly)%x01'
  const told = await repository.git(
    'log',
    '--no-walk=unsorted',
    format,
    ...commits.map((c) => c.sha),
  )
  const byGit = told.split('\x01').map((text) => text.replace(/^\n/, '').split('\0'))

  for (const [index, { sha, content }] of commits.entries()) {
    const [, author, subject, allowed = ''] = byGit.find((row) => row[0] === sha) ?? []
    const own = parseCommit(sha, content)
    const expected = [author, subject, allowed === 'true\n']
    t.strictSame(
      [own?.author, own?.subject, own?.allowsPrune],
      expected,
      JSON.stringify(messages[index]),
    )
  }
})

async function writeObject(repository: TestRepository, content: Buffer): Promise<string> {
  const run = promisify(execFile)('git', ['hash-object', '-t', 'commit', '-w', '--stdin'], {
    cwd: repository.work,
  })
  run.child.stdin?.end(content)
  return (await run).stdout.trim()
}
