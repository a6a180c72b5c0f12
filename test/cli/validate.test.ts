import { Command } from 'commander'
import type { Test } from 'tap'
import { test } from 'tap'
import { registerValidate } from '../../src/cli/validate.ts'
import { env, validYaml } from '../support/landfall-yaml.ts'

interface Output {
  readonly stdout: string
  readonly stderr: string
  readonly code: number | undefined
}

async function validate(t: Test, files: Record<string, string>, args: string[]): Promise<Output> {
  const written = { stdout: '', stderr: '' }
  let code: number | undefined
  const stream = (name: 'stdout' | 'stderr') =>
    ({
      write: (text: string) => {
        written[name] += text
        return true
      },
    }) as NodeJS.WriteStream
  const ctx: Parameters<typeof registerValidate>[1] = {
    env,
    cwd: t.testdir(files),
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    exit: (given) => {
      code = given
    },
  }
  const program = new Command()
  registerValidate(program, ctx)
  await program.parseAsync(['validate', ...args], { from: 'user' })
  return { ...written, code }
}

test('landfall.yaml is checked where no file is named', async (t) => {
  t.same(await validate(t, { 'landfall.yaml': validYaml }, []), {
    stdout: 'landfall.yaml: ok, 1 application\n',
    stderr: '',
    code: 0,
  })
})

test('each file is checked, and one that is not valid makes the exit code 2', async (t) => {
  const files = { 'a.yaml': validYaml, 'b.yaml': validYaml.replace('main', '-x'), 'c.yaml': '{}' }
  const output = await validate(t, files, ['a.yaml', 'b.yaml', 'c.yaml', 'd.yaml'])
  t.equal(output.stdout, 'a.yaml: ok, 1 application\nc.yaml: ok, 0 applications\n')
  t.same(output.stderr.split('\n'), [
    'b.yaml:9:13 applications.web.branch: begins with "-", which git would read as an option',
    'd.yaml:1:1 no such file',
    '',
  ])
  t.equal(output.code, 2)
})

test('a warning is told and leaves the exit code 0', async (t) => {
  const yaml = validYaml.replace('{ inCluster: true }', '{ kubeconfig: nowhere }')
  const output = await validate(t, { 'landfall.yaml': yaml }, [])
  t.equal(output.stderr, 'landfall.yaml:4:23 clusters.prod.kubeconfig: warning: no such file yet\n')
  t.equal(output.code, 0)
})

test('-o json prints one document for programs', async (t) => {
  const files = { 'a.yaml': validYaml, 'b.yaml': 'secruity: {}\n' }
  const output = await validate(t, files, ['-o', 'json', 'a.yaml', 'b.yaml'])
  t.same(JSON.parse(output.stdout), [
    { file: 'a.yaml', ok: true, applications: ['web'], problems: [], warnings: [] },
    {
      file: 'b.yaml',
      ok: false,
      applications: [],
      problems: [
        {
          file: 'b.yaml',
          line: 1,
          col: 1,
          path: 'secruity',
          message: 'unknown key (did you mean "security"?)',
        },
      ],
      warnings: [],
    },
  ])
  t.equal(output.stderr, '')
  t.equal(output.code, 2)
})

test('A15: control characters of a file reach no terminal', async (t) => {
  const output = await validate(t, { 'landfall.yaml': '"\\e[2J\\u009b": 1\n' }, [])
  t.match(output.stderr, /unknown key/)
  t.equal(/[\p{Cc}]/u.test(output.stderr.replaceAll('\n', '')), false)
})
