import { globSync } from 'node:fs'
import { cruise, format } from 'dependency-cruiser'
import extractCruiserOptions from 'dependency-cruiser/config-utl/extract-depcruise-options'
import extractTsConfig from 'dependency-cruiser/config-utl/extract-ts-config'

/**
 * The import rules of .dependency-cruiser.js. The cruiser exits 0 when it sees no module at all
 * (with TypeScript 7 it understands none), so every source file must be among those it saw.
 */
const folders = ['src', 'workers', 'tools', 'test', 'bench']

const wanted = globSync(folders.map((folder) => `${folder}/**/*.ts`)).filter(
  (path) => !path.startsWith('test/fixtures/'),
)
const present = folders.filter((folder) => wanted.some((path) => path.startsWith(`${folder}/`)))
const { output } = await cruise(
  present,
  await extractCruiserOptions('./.dependency-cruiser.js'),
  undefined,
  { tsConfig: extractTsConfig('tsconfig.json') },
)
if (typeof output === 'string') throw new Error(output)

const seen = new Set(output.modules.map((module) => module.source))
const unseen = wanted.filter((path) => !seen.has(path))
const isBlind = wanted.length === 0 || unseen.length > 0
const report = await format(output, { outputType: 'err' })
process.stdout.write(`${(report.output as string).trim()}\n`) // -- the err reporter yields text
if (isBlind) {
  const list = unseen.map((path) => `  ${path}\n`).join('')
  process.stderr.write(
    `check-imports: saw ${wanted.length - unseen.length} of ${wanted.length} source files; no rule holds for a file it does not see\n${list}`,
  )
}
process.exitCode = report.exitCode > 0 || isBlind ? 1 : 0
