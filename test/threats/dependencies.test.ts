import { readFileSync } from 'node:fs'
import { test } from 'tap'
import { z } from 'zod'
import { runTool } from '../support/run-tool.ts'

const versions = z.record(z.string(), z.string()).default({})
const manifest = z.object({
  dependencies: versions,
  devDependencies: versions,
  optionalDependencies: versions,
})
const lock = z.object({
  packages: z.record(
    z.string(),
    z.object({
      integrity: z.string().optional(),
      optional: z.boolean().default(false),
      hasInstallScript: z.boolean().default(false),
    }),
  ),
})

const read = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'))

test('F2: what is installed is exactly what was reviewed', async (t) => {
  const { dependencies, devDependencies, optionalDependencies } = manifest.parse(
    read('package.json'),
  )
  const wanted = Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies })
  const { packages } = lock.parse(read('package-lock.json'))
  const installed = Object.entries(packages).filter(([path]) => path !== '')

  await t.test('F2: every dependency is one version, and no range', async (t) => {
    t.ok(wanted.length > 20)
    t.strictSame(
      wanted.filter(([, version]) => !/^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version)),
      [],
    )
  })

  await t.test('F2: every package that all platforms install has its digest', async (t) => {
    const common = installed.filter(([, { optional }]) => !optional)
    t.ok(common.length > 300)
    t.strictSame(
      common.filter(([, { integrity }]) => integrity?.startsWith('sha512-') !== true),
      [],
    )
  })

  await t.test('F2: no install runs a script of a package', async (t) => {
    const scripted = installed.filter(([, { hasInstallScript }]) => hasInstallScript)

    t.match(readFileSync('.npmrc', 'utf8'), /^ignore-scripts=true$/m)
    t.match(readFileSync('tools/setup.sh', 'utf8'), 'npm ci --ignore-scripts')
    // They speed Redis up, and the SSH server of the tests, where they are built; none is needed.
    t.strictSame(
      scripted.map(([path]) => path),
      ['node_modules/cpu-features', 'node_modules/msgpackr-extract', 'node_modules/ssh2'],
    )
  })
})

test('F3: a release needs no token that could be stolen, since nothing publishes', async (t) => {
  await t.test('F3: no file publishes, or asks for a token to publish with', async (t) => {
    const words = [
      '(NPM|NODE_AUTH|NPM_AUTH)_TOKEN',
      '_authToken',
      '(npm|pnpm|docker|podman) (publish|push)',
    ]
    const own = ':!test/threats/dependencies.test.ts'
    const { output } = await runTool('.', [
      'git',
      'grep',
      '-nIE',
      '-e',
      words.join('|'),
      '--',
      '.',
      own,
    ])

    t.equal(output, '')
  })

  await t.test('F3: what a release would hold is built code, its schema and pins', async (t) => {
    const { output } = await runTool('.', [
      'npm',
      'pack',
      '--dry-run',
      '--json',
      '--ignore-scripts',
    ])
    const [packed] = packs.parse(JSON.parse(output))
    const folders = packed?.files.map(({ path }) => path.split('/')[0])
    const known = [
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'dist',
      'package.json',
      'schema',
      'tools',
    ]

    t.ok(folders?.includes('schema'))
    t.strictSame(
      folders?.filter((folder) => !known.includes(folder ?? '')),
      [],
    )
  })
})

const packs = z.array(z.object({ files: z.array(z.object({ path: z.string() })) }))
