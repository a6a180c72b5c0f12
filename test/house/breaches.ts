export const checks = ['format', 'lint', 'types', 'imports', 'exports'] as const
export type Check = (typeof checks)[number]

interface Breach {
  readonly title: string
  readonly files: Readonly<Record<string, string>>
  /** How the tool names it, as an error. */
  readonly told: RegExp
}

/** A small project that passes every check. */
export const skeleton: Readonly<Record<string, string>> = {
  'src/domain/word.ts': `export type Word = 'push' | 'sweep'

export function isWord(text: string): text is Word {
  return text === 'push' || text === 'sweep'
}
`,
  'src/config/env.ts': `export function readEnv(): NodeJS.ProcessEnv {
  return process.env
}
`,
  'src/queue/ask.ts': `import { isWord } from '../domain/word.ts'

export function ask(text: string): boolean {
  return isWord(text)
}
`,
  'workers/landfall.ts': `import { readEnv } from '../src/config/env.ts'
import { ask } from '../src/queue/ask.ts'

process.exitCode = ask(readEnv()['TRIGGER'] ?? '') ? 0 : 1
`,
}

/** What each check must refuse; all of one check stand side by side in one project. */
export const breaches: Readonly<Record<Check, readonly Breach[]>> = {
  format: [
    {
      title: 'an unformatted file',
      files: { 'src/domain/quotes.ts': `export const quotes = "double"\n` },
      told: /quotes\.ts format/,
    },
    {
      title: 'unsorted imports',
      files: {
        'src/queue/unsorted.ts': `import { isWord } from '../domain/word.ts'
import { readFileSync } from 'node:fs'

export const unsorted = () => isWord(readFileSync('a', 'utf8'))
`,
      },
      told: /unsorted\.ts.* assist\/source\/organizeImports/,
    },
  ],

  lint: [
    {
      title: 'a floating promise',
      files: {
        'src/queue/floating.ts': `import { rm } from 'node:fs/promises'

export function floating(path: string): void {
  rm(path)
}
`,
      },
      told: /queue\/floating\.ts:.*\[Error\/typescript\(no-floating-promises\)/,
    },
    {
      title: 'a promise where a boolean is wanted',
      files: {
        'src/queue/misused.ts': `export async function misused(isFree: () => Promise<boolean>): Promise<number> {
  if (isFree()) return 1
  return 0
}
`,
      },
      told: /queue\/misused\.ts:.*\[Error\/typescript\(no-misused-promises\)/,
    },
    {
      title: 'a switch that forgets a member of the union',
      files: {
        'src/queue/forgetful.ts': `import type { Word } from '../domain/word.ts'

export function forgetful(word: Word): number | undefined {
  switch (word) {
    case 'push':
      return 1
  }
  return undefined
}
`,
      },
      told: /queue\/forgetful\.ts:.*\[Error\/typescript\(switch-exhaustiveness-check\)/,
    },
    {
      title: 'a thrown text',
      files: { 'src/queue/thrown.ts': `export function thrown(): never {\n  throw 'no'\n}\n` },
      told: /queue\/thrown\.ts:.*\[Error\/typescript\(only-throw-error\)/,
    },
    {
      title: 'the environment read outside src/config/env.ts',
      files: { 'src/queue/home.ts': `export const home = () => process.env['HOME']\n` },
      told: /queue\/home\.ts:.*\[Error\/node\(no-process-env\)/,
    },
    {
      title: 'a word to the console',
      files: { 'src/queue/chatter.ts': `export const chatter = () => console.log('here')\n` },
      told: /queue\/chatter\.ts:.*\[Error\/eslint\(no-console\)/,
    },
    {
      title: 'a default export',
      files: { 'src/queue/default.ts': `export default 1\n` },
      told: /queue\/default\.ts:.*\[Error\/import\(no-default-export\)/,
    },
    {
      title: 'a file name in camel case',
      files: { 'src/queue/camelCase.ts': `export const camelCase = 1\n` },
      told: /queue\/camelCase\.ts:.*\[Error\/unicorn\(filename-case\)/,
    },
    {
      title: 'a function of five parameters',
      files: {
        'src/queue/five.ts': `export function five(a: number, b: number, c: number, d: number, e: number): number {
  return a + b + c + d + e
}
`,
      },
      told: /queue\/five\.ts:.*\[Error\/eslint\(max-params\)/,
    },
    {
      title: 'a file of more than 300 lines',
      files: { 'src/queue/long.ts': `export const long = [\n${'  1,\n'.repeat(300)}]\n` },
      told: /queue\/long\.ts:.*\[Error\/eslint\(max-lines\)/,
    },
  ],

  types: [
    {
      title: 'a type error',
      files: { 'src/queue/number.ts': `export const number = (text: string): number => text\n` },
      told: /number\.ts.* error TS2322/,
    },
    {
      title: 'an enum, which type stripping cannot run',
      files: { 'src/queue/enum.ts': `export enum Word {\n  Push,\n}\n` },
      told: /enum\.ts.* error TS1294/,
    },
  ],

  imports: [
    {
      title: 'an import cycle',
      files: {
        'src/queue/egg.ts': `import { hen } from './hen.ts'\n\nexport const egg = (): number => hen()\n`,
        'src/queue/hen.ts': `import { egg } from './egg.ts'\n\nexport const hen = (): number => egg()\n`,
      },
      told: /error no-cycles: src\/queue\/(egg|hen)\.ts/,
    },
    {
      title: 'an import cycle of types alone',
      files: {
        'src/queue/day.ts': `import type { Night } from './night.ts'\n\nexport type Day = Night[]\n`,
        'src/queue/night.ts': `import type { Day } from './day.ts'\n\nexport type Night = Day[]\n`,
      },
      told: /error no-cycles: src\/queue\/(day|night)\.ts/,
    },
    {
      title: 'a sibling that imports a sibling',
      files: {
        'src/forge/sibling.ts': `import { ask } from '../queue/ask.ts'\n\nexport const sibling = ask\n`,
      },
      told: /error forge-imports: src\/forge\/sibling\.ts → src\/queue\/ask\.ts/,
    },
    {
      title: 'a sibling that imports only a type of a sibling',
      files: {
        'src/source/cousin.ts': `import type { ask } from '../queue/ask.ts'\n\nexport type Cousin = typeof ask\n`,
      },
      told: /error source-imports: src\/source\/cousin\.ts → src\/queue\/ask\.ts/,
    },
    {
      title: 'a domain that reads a file',
      files: {
        'src/domain/reader.ts': `import { readFileSync } from 'node:fs'\n\nexport const reader = readFileSync\n`,
      },
      told: /error domain-is-pure: src\/domain\/reader\.ts → fs/,
    },
    {
      title: 'src that imports a worker',
      files: { 'src/server/start.ts': `import '../../workers/landfall.ts'\n` },
      told: /error src-never-imports-downstream: src\/server\/start\.ts → workers\/landfall\.ts/,
    },
    {
      title: 'a product that imports a test',
      files: {
        'src/server/tested.ts': `import '../../test/support/spy.ts'\n`,
        'test/support/spy.ts': `export const spy = 1\n`,
      },
      told: /error product-never-imports-test: src\/server\/tested\.ts/,
    },
    {
      title: 'a package outside the folder that owns it',
      files: {
        'src/server/clone.ts': `import { simpleGit } from 'simple-git'\n\nexport const clone = simpleGit\n`,
      },
      told: /error simple-git-only-in: src\/server\/clone\.ts/,
    },
    {
      title: 'an import of nothing',
      files: { 'src/queue/lost.ts': `import './nowhere.ts'\n\nexport const lost = 1\n` },
      told: /error nothing-unresolved: src\/queue\/lost\.ts/,
    },
    {
      title: 'a file of odds and ends',
      files: {
        'src/queue/tidy.ts': `import './utils.ts'\n\nexport const tidy = 1\n`,
        'src/queue/utils.ts': `export {}\n`,
      },
      told: /error no-file-without-a-noun: .*src\/queue\/utils\.ts/,
    },
  ],

  exports: [
    {
      title: 'a dead export',
      files: {
        'src/queue/ask.ts': `${skeleton['src/queue/ask.ts']}\nexport const forgotten = 1\n`,
      },
      told: /Unused exports[^]*forgotten +src\/queue\/ask\.ts/,
    },
    {
      title: 'a file that nothing imports',
      files: { 'src/queue/orphan.ts': `export const orphan = 1\n` },
      told: /Unused files[^]*src\/queue\/orphan\.ts/,
    },
  ],
}
