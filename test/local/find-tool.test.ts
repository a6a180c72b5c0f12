import { join } from 'node:path'
import fc from 'fast-check'
import { type Test, test } from 'tap'
import { findTool, mentionsVersion } from '../../src/local/find-tool.ts'
import { aTool, script, writeProgram } from '../support/a-tool.ts'

async function programs(t: Test, files: Readonly<Record<string, string>>): Promise<string> {
  const dir = t.testdir()
  for (const [path, text] of Object.entries(files)) await writeProgram(join(dir, path), text)
  return dir
}

test('an installed tool', async (t) => {
  const tool = aTool({ version: '1.2.3' })
  const cached = 'cache/landfall/tools/agent/1.2.3-linux-amd64/agent'

  await t.test('is taken from the cache first', async (t) => {
    const dir = await programs(t, { [cached]: script('v1.2.3'), 'bin/agent': script('v1.2.3') })
    const env = { XDG_CACHE_HOME: join(dir, 'cache'), PATH: join(dir, 'bin') }

    t.equal(await findTool(tool, env), join(dir, cached))
  })

  await t.test('is taken from KUBEBUILDER_ASSETS, then from PATH', async (t) => {
    const dir = await programs(t, {
      'assets/agent': script('v1.2.3'),
      'bin/agent': script('v1.2.3'),
    })
    const env = { XDG_CACHE_HOME: join(dir, 'cache'), PATH: join(dir, 'bin') }

    t.equal(
      await findTool(tool, { ...env, KUBEBUILDER_ASSETS: join(dir, 'assets') }),
      join(dir, 'assets/agent'),
    )
    t.equal(await findTool(tool, env), join(dir, 'bin/agent'))
  })

  await t.test('of another version is passed over', async (t) => {
    const dir = await programs(t, { 'old/agent': script('v1.2.2'), 'new/agent': script('v1.2.3') })
    const path = `${join(dir, 'old')}:${join(dir, 'new')}`

    t.equal(await findTool(tool, { HOME: dir, PATH: path }), join(dir, 'new/agent'))
    t.equal(await findTool(tool, { HOME: dir, PATH: join(dir, 'old') }), undefined)
  })

  await t.test('that fails when asked for its version is passed over', async (t) => {
    const dir = await programs(t, { 'bin/agent': '#!/bin/sh\necho v1.2.3; exit 1\n' })

    t.equal(await findTool(tool, { HOME: dir, PATH: join(dir, 'bin') }), undefined)
  })

  await t.test('is not looked for in a relative entry of PATH', async (t) => {
    const dir = await programs(t, { 'bin/agent': script('v1.2.3') })
    const relative = join(dir, 'bin').slice(process.cwd().length + 1)

    t.equal(await findTool(tool, { HOME: dir, PATH: relative }), undefined)
  })
})

test('a version is recognised in what programs print', async (t) => {
  t.ok(mentionsVersion('Kubernetes v1.36.3', '1.36.3'))
  t.ok(mentionsVersion('etcd Version: 3.6.16\nGit SHA: abc', '3.6.16'))
  t.ok(mentionsVersion('v4.3.1+g1234567', '4.3.1'), 'with build metadata')
  t.notOk(mentionsVersion('v1.36.30', '1.36.3'))
  t.notOk(mentionsVersion('v11.36.3', '1.36.3'))
  t.notOk(mentionsVersion('v1.36.3-rc.1', '1.36.3'))
  t.notOk(mentionsVersion('v1x36x3', '1.36.3'))
})

test('no other version is taken for the wanted one', async (t) => {
  const part = fc.nat({ max: 40 })
  const version = fc.tuple(part, part, part).map((parts) => parts.join('.'))
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(
        version,
        version,
        (x, y) => mentionsVersion(`tool v${x} (linux)`, y) === (x === y),
      ),
    ),
  )
})
