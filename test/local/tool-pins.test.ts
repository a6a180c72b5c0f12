import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'tap'
import { packageRoot } from '../../src/local/package-root.ts'
import { fillTemplate, readToolPins } from '../../src/local/tool-pins.ts'

const platform = { os: 'linux', arch: 'arm64' } as const

test('every pin says where the tool comes from and how it is verified', async (t) => {
  const { tools } = await readToolPins()
  for (const [name, { version, download, build }] of Object.entries(tools)) {
    const templates = [
      download.url,
      download.checksums,
      download.member ?? '',
      build?.ldflags ?? '',
    ]
    const filled = templates.map((template) => fillTemplate(template, version, platform))

    t.notOk(
      filled.some((text) => /[{}]/.test(text)),
      `${name}: no unknown word in a template`,
    )
    t.ok(
      filled.slice(0, 2).every((url) => url.startsWith('https://')),
      `${name}: by https`,
    )
  }
})

test('the modules that build a tool are those of its pinned version', async (t) => {
  const { tools } = await readToolPins()
  for (const [name, { version, build }] of Object.entries(tools)) {
    const file = join(packageRoot(), 'tools/build', build?.set ?? '', 'go.mod')
    const text = await readFile(file, 'utf8')
    const parts = build?.package.split('/') ?? []
    const modules = parts.map((_, index) => parts.slice(0, index + 1).join('/'))

    t.ok(
      modules.some((path) => text.includes(`${path} v${version}`)),
      `${name} ${version}`,
    )
  }
})

test('what only the end-to-end tests need is not installed with the rest', async (t) => {
  const { tools } = await readToolPins()
  const names = Object.keys(tools).filter((name) => tools[name]?.onlyByName === true)

  t.strictSame(names, ['gitea'])
})
