// Installs the pinned tools of tools/pins.json for this user: node tools/install.ts [names…]
import { StageError } from '../src/domain/error.ts'
import { createInstallProgress } from '../src/local/install-progress.ts'
import { installTools } from '../src/local/install-tools.ts'
import { readToolPins } from '../src/local/tool-pins.ts'
import { wantedTools } from '../src/local/wanted-tools.ts'

// `node tools/install.ts` without names: what `make setup` needs. The local stack runs on Linux only.
const elsewhere = ['kustomize', 'helm', 'kubectl']

const pins = await readToolPins()
const asked = process.argv.slice(2)
const usual = Object.keys(pins.tools).filter((name) => pins.tools[name]?.onlyByName !== true)
const all = process.platform === 'linux' ? usual : elsewhere
const progress = createInstallProgress(process.stdout, { verbose: true })
try {
  const tools = wantedTools(asked.length > 0 ? asked : all, pins)
  await installTools(tools, { env: process.env, onEvent: progress.onEvent })
} catch (error: unknown) {
  if (!(error instanceof StageError)) throw error
  console.error(error.text)
  process.exitCode = 1
} finally {
  progress.stop()
}
