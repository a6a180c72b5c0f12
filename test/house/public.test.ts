import { readFileSync } from 'node:fs'
import { test } from 'tap'
import { z } from 'zod'
import { runTool } from '../support/run-tool.ts'

const lockFile = z.object({
  packages: z.record(
    z.string(),
    z.object({
      resolved: z.string().optional(),
      optionalDependencies: z.record(z.string(), z.string()).default({}),
    }),
  ),
})

/** The names of tracked files that hold the text. */
async function filesNaming(text: string): Promise<string> {
  const { code, output } = await runTool('.', ['git', 'grep', '-lIF', '-e', text])
  if (code !== 0 && code !== 1) throw new Error(output)
  return output
}

test('the tracked files', async (t) => {
  await t.test('name no folder of the machine they are on', async (t) => {
    t.equal(await filesNaming(`${process.cwd()}/`), '')
  })

  await t.test('name no package mirror that this machine is set up with', async (t) => {
    const registry = await runTool('.', ['npm', 'config', 'get', 'registry'])
    const proxies = (process.env['GOPROXY'] ?? '').split(/[,|]/)
    const hosts = [...registry.output.split('\n'), ...proxies]
      .filter((line) => URL.canParse(line))
      .map((line) => new URL(line).hostname)

    t.strictSame(
      await Promise.all(hosts.map(filesNaming)),
      hosts.map(() => ''),
    )
  })

  await t.test('are found by the search that looks for them', async (t) => {
    t.match(await filesNaming('omit-lockfile-registry-resolved=true'), '.npmrc')
  })
})

test('package-lock.json', async (t) => {
  const { packages } = lockFile.parse(JSON.parse(readFileSync('package-lock.json', 'utf8')))

  await t.test('names no host to download from', async (t) => {
    const resolved = Object.entries(packages).filter(([, entry]) => entry.resolved !== undefined)

    t.strictSame(resolved, [])
  })

  await t.test('holds every optional package, as npm ci demands on every platform', async (t) => {
    const missing = Object.entries(packages).flatMap(([parent, entry]) =>
      Object.keys(entry.optionalDependencies)
        .filter((name) => !(`${parent}/node_modules/${name}` in packages))
        .filter((name) => !(`node_modules/${name}` in packages)),
    )

    t.strictSame(missing, [], 'if not: node tools/complete-lock.ts')
  })
})
