import { generateKeyPairSync } from 'node:crypto'
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Registry } from 'prom-client'
import { test } from 'tap'
import { loadConfig } from '../../src/config/load-config.ts'
import { errorTable } from '../../src/domain/error.ts'
import { createServerMetrics } from '../../src/server/metrics.ts'
import { createWitnessMetrics } from '../../src/server/witness-server.ts'
import {
  createReloadCounter,
  createRequestCounter,
  createWorkerMetrics,
  registerQueueMetrics,
} from '../../workers/metrics.ts'
import { type CommandHelp, readCliHelp } from '../support/cli-help.ts'
import {
  anchorsIn,
  codeRowsIn,
  commandsIn,
  readDocPage,
  readDocPages,
} from '../support/doc-pages.ts'

const pages = await readDocPages()
const help = await readCliHelp()

/** The command that the first words name, and what they say to it. */
function split(words: readonly string[]): { name: string; rest: readonly string[] } {
  const unknown = words.findIndex((_, index) => !help.has(words.slice(0, index + 1).join(' ')))
  const depth = unknown < 0 ? words.length : unknown
  return { name: words.slice(0, depth).join(' '), rest: words.slice(depth) }
}

/** What is wrong with a command that a page names; undefined: nothing. */
function faultOf(words: readonly string[]): string | undefined {
  const { name, rest } = split(words)
  const { subcommands = [], flags = [] } = help.get(name) ?? {}
  if (subcommands.length > 0 && rest[0]?.startsWith('-') === false) {
    return `there is no command ${words.join(' ')}`
  }
  const given = rest.filter((word) => /^--?[a-zA-Z]/.test(word))
  const unknown = given.filter((flag) => !flags.includes(flag.replace(/=.*/, '')))
  return unknown.length === 0 ? undefined : `${name} has no ${unknown.join(', ')}`
}

test('a command that a page names', async (t) => {
  const mentions = pages.flatMap((page) =>
    commandsIn(page).map((words) => ({ page: page.path, fault: faultOf(words) })),
  )

  await t.test('exists, with all its flags', async (t) => {
    t.ok(mentions.length > 40, `${mentions.length} commands are found`)
    t.strictSame(
      mentions.filter(({ fault }) => fault !== undefined),
      [],
    )
  })

  await t.test('is found out when it does not exist', async (t) => {
    t.equal(faultOf(['start', '--role', 'worker']), undefined)
    t.equal(faultOf(['local', 'up', '-o', 'json']), undefined)
    t.equal(faultOf(['--version']), undefined)
    t.match(faultOf(['launch', 'task-agent']), 'there is no command')
    t.match(faultOf(['local', 'sideways']), 'there is no command')
    t.match(faultOf(['status', 'task-agent', '--watch']), 'has no --watch')
  })
})

test('docs/cli.md', async (t) => {
  const sections = readDocPage('docs/cli.md').text.split(/^## /m).slice(1)
  const sectionOf = (name: string) => sections.find((text) => text.startsWith(`${name}\n`)) ?? ''
  const isLeaf = ([name, { subcommands }]: [string, CommandHelp]) =>
    name !== '' && subcommands.length === 0

  for (const [name, { flags }] of Array.from(help).filter(isLeaf)) {
    await t.test(`tells ${name} and each of its flags`, async (t) => {
      const section = sectionOf(name)

      t.not(section, '')
      t.strictSame(
        flags.filter(
          (flag) => flag.startsWith('--') && flag !== '--help' && !section.includes(flag),
        ),
        [],
      )
    })
  }
})

const secretText = 'a-secret-of-32-characters-in-a-file'
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const rsaKey = privateKey.export({ type: 'pkcs1', format: 'pem' })

test('a landfall.yaml in the documentation is valid as it stands', async (t) => {
  const blocks = pages.flatMap(({ path, blocks }) =>
    blocks.filter(({ info }) => info === 'yaml landfall.yaml').map(({ text }) => ({ path, text })),
  )
  t.ok(blocks.length >= 4, `${blocks.length} are found`)

  for (const { path, text } of blocks) {
    const names = Array.from(text.matchAll(/\benv: (\w+)/g), ([, name = '']) => name)
    const paths = text.matchAll(/\b(?:file|kubeconfig): ([\w./-]+)/g)
    const cwd = t.testdir({ 'landfall.yaml': text })
    for (const [, path = ''] of paths) {
      mkdirSync(join(cwd, dirname(path)), { recursive: true })
      writeFileSync(join(cwd, path), path.endsWith('.pem') ? rsaKey : secretText)
    }
    const env = Object.fromEntries(names.map((name) => [name, 'a-secret-of-32-characters-in-env']))
    const loaded = await loadConfig({ file: 'landfall.yaml', cwd, env })

    t.strictSame(loaded.kind === 'invalid' ? loaded.problems : loaded.warnings, [], path)
  }
})

test('docs/errors.md has one row for each code, with its stage and whether it is retried', async (t) => {
  const rows = codeRowsIn(readDocPage('docs/errors.md').text).map(
    ([code = '', stage = '', retry = '']) => [code.replaceAll('`', ''), stage, retry].join(' '),
  )
  const table = Object.entries(errorTable).map(([code, { stage, retry }]) =>
    [code, stage, retry.kind === 'never' ? 'no' : 'yes'].join(' '),
  )

  t.strictSame(rows.toSorted(), table.toSorted())
})

test('docs/operations.md names every metric, and no other', async (t) => {
  const registry = new Registry()
  createServerMetrics(registry)
  createWorkerMetrics(registry)
  createWitnessMetrics(registry)
  createReloadCounter(registry)
  createRequestCounter(registry)
  registerQueueMetrics(registry, { counts: async () => ({}), applications: async () => [] })
  const rows = codeRowsIn(readDocPage('docs/operations.md').text).map(([cell = '']) => cell)
  const named = rows.flatMap((cell) => /^`(landfall_[a-z_]+)/.exec(cell)?.[1] ?? [])

  t.strictSame(
    named.toSorted(),
    registry
      .getMetricsAsArray()
      .map(({ name }) => name)
      .toSorted(),
  )
})

test('a guarantee of the README is the title of a test', async (t) => {
  const title = /\btest\(\s*(?:'((?:[^'\\]|\\.)*)'|"([^"]*)"|`([^`]*)`)/g
  const titles = globSync('test/**/*.test.ts').flatMap((file) =>
    Array.from(readFileSync(file, 'utf8').matchAll(title), ([, single, double, template]) =>
      plain(single ?? double ?? template ?? ''),
    ),
  )
  const section = readDocPage('README.md').text.split('## What it guarantees\n')[1] ?? ''
  const guarantees = Array.from(
    (section.split('\n## ')[0] ?? '').matchAll(/^- (.+(?:\n {2}.+)*)/gm),
    ([, item = '']) => plain(item.replaceAll(/\s+/g, ' ').replace(/\.$/, '')),
  )

  t.ok(guarantees.length >= 10, `${guarantees.length} are found`)
  t.strictSame(
    guarantees.filter((guarantee) => !titles.includes(guarantee)),
    [],
  )
})

/** Without the row of the threat table that a title may begin with. */
function plain(title: string): string {
  return title.replace(/^[A-Z]\d+: /, '').toLowerCase()
}

test('a link to a heading leads to one', async (t) => {
  const links = pages.flatMap((page) =>
    Array.from(page.text.matchAll(/\]\((?!https?:)([^)#\s]*)#([^)\s]+)\)/g), ([, to, id = '']) => ({
      page: page.path,
      target: to === undefined || to === '' ? page.path : join(dirname(page.path), to),
      id,
    })),
  )

  t.ok(links.length > 5, `${links.length} links are found`)
  t.strictSame(
    links.filter(({ target, id }) => !anchorsIn(readDocPage(target)).includes(id)),
    [],
  )
})
