import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Test, test } from 'tap'
import { runTool } from '../support/run-tool.ts'
import { breaches, type Check, checks, skeleton } from './breaches.ts'

// Each check of the gate runs with the project's own command and configuration, once over a sound
// skeleton and once over the skeleton with every breach planted: a check that passes both sees nothing.

const configuration = [
  '.dependency-cruiser.js',
  '.oxlintrc.json',
  'biome.json',
  'knip.json',
  'tools/check-imports.ts',
  'tsconfig.json',
]

const scripts = JSON.parse(readFileSync('package.json', 'utf8')).scripts as Record<string, string>

/** The command behind `npm run check:…`, word for word. */
async function run(check: Check, dir: string) {
  return await runTool(dir, ['sh', '-c', scripts[`check:${check}`] ?? 'false'])
}

// The empty .git folder ends the linter's search for ignore files: the one above ignores all test folders.
function project(t: Test, files: Readonly<Record<string, string>>): string {
  const modules = t.fixture('symlink', join(process.cwd(), 'node_modules'))
  const dir = t.testdir({ node_modules: modules, '.git': {} })
  const manifest = {
    name: 'skeleton',
    type: 'module',
    bin: { skeleton: 'dist/workers/landfall.js' },
    devDependencies: { 'dependency-cruiser': '*' },
  }
  const written = {
    'package.json': `${JSON.stringify(manifest, null, 2)}\n`,
    '.gitignore': 'node_modules\n',
    ...skeleton,
    ...files,
  }
  for (const [path, text] of Object.entries(written)) {
    mkdirSync(join(dir, dirname(path)), { recursive: true })
    writeFileSync(join(dir, path), text)
  }
  mkdirSync(join(dir, 'tools'))
  for (const path of configuration) copyFileSync(path, join(dir, path))
  return dir
}

for (const check of checks) {
  test(`check:${check}`, { timeout: 120_000 }, async (t) => {
    await t.test('passes a sound project', async (t) => {
      const { code, output } = await run(check, project(t, {}))

      t.equal(code, 0, { output })
    })

    const planted = breaches[check].map((breach) => breach.files)
    const { code, output } = await run(check, project(t, Object.assign({}, ...planted)))
    t.not(code, 0)
    for (const { title, told } of breaches[check]) t.match(output, told, `names ${title}`)
  })
}

test('the import check', { timeout: 120_000 }, async (t) => {
  const blindnesses = [
    { exclude: '^(src|workers|tools)/', seen: 'saw 0 of 5 source files' },
    { exclude: '^src/queue/', seen: 'saw 4 of 5 source files' },
  ]
  for (const { exclude, seen } of blindnesses) {
    await t.test(`fails when the cruiser is blind to ${exclude}`, async (t) => {
      const dir = project(t, {})
      const rules = join(dir, '.dependency-cruiser.js')
      const text = readFileSync(rules, 'utf8')
      writeFileSync(rules, text.replace('options: {', `options: {\n    exclude: '${exclude}',`))

      const { code, output } = await run('imports', dir)

      t.equal(code, 1)
      t.match(output, seen)
    })
  }
})
