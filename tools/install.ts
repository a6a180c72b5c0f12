// Installs the pinned tools of tools/pins.json for this user, and copies them where asked:
// node tools/install.ts [--to FOLDER] [names…]
import { copyFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { StageError } from '../src/domain/error.ts'
import { createInstallProgress } from '../src/local/install-progress.ts'
import { installTools } from '../src/local/install-tools.ts'
import { readToolPins } from '../src/local/tool-pins.ts'
import { wantedTools } from '../src/local/wanted-tools.ts'

// `node tools/install.ts` without names: what `make setup` needs. The local stack runs on Linux only.
const elsewhere = ['kustomize', 'helm', 'kubectl']

const pins = await readToolPins()
const { values, positionals: asked } = parseArgs({
  options: { to: { type: 'string' } },
  allowPositionals: true,
})
const usual = Object.keys(pins.tools).filter((name) => pins.tools[name]?.onlyByName !== true)
const all = process.platform === 'linux' ? usual : elsewhere
const progress = createInstallProgress(process.stdout, { verbose: true })
try {
  const tools = wantedTools(asked.length > 0 ? asked : all, pins)
  const installed = await installTools(tools, { env: process.env, onEvent: progress.onEvent })
  if (values.to !== undefined) await copyTo(values.to, installed)
} catch (error: unknown) {
  if (!(error instanceof StageError)) throw error
  console.error(error.text)
  process.exitCode = 1
} finally {
  progress.stop()
}

async function copyTo(folder: string, installed: ReadonlyMap<string, string>): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (const [name, path] of installed) await copyFile(path, join(folder, name))
}
