import { spawn } from 'node:child_process'
import { existsSync, globSync, rmSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { branchCoverage, coverageSummary } from './branch-coverage.ts'
import { createTapDigest } from './tap-digest.ts'

/**
 * `node tools/run-tests.ts fast|e2e|faults|soak|FILE…` runs test files under tap and ends with
 * one line, `N passed, N failed`. Fails when a test fails, is skipped, or when none ran.
 */
const slow = ['e2e', 'faults', 'soak']
/** Folders of a group, where it is not the one of its name. The faults are small but in their own. */
const folders: Readonly<Record<string, readonly string[]>> = { e2e: ['e2e', 'faults'] }

/** Seconds that a file of a group may take, where it is more than others may. */
const longestOf: Readonly<Record<string, number>> = {
  e2e: 600,
  faults: 3_600,
  soak: Number(process.env['MINUTES'] ?? 10) * 60 + 1_800,
}

const [first = 'fast', ...others] = process.argv.slice(2)
const measured = first === 'fast'
const longest = longestOf[first]
const files = filesOf(first, others)
const { passed, failed } = files.length === 0 ? { passed: 0, failed: 1 } : await runTap(files)
if (files.length === 0) process.stdout.write(`no test file in ${first}\n`)
if (measured && existsSync(coverageSummary)) process.stdout.write(branchCoverage())
process.stdout.write(`${passed} passed, ${failed} failed\n`)
process.exitCode = failed === 0 && passed > 0 ? 0 : 1

function filesOf(group: string, files: readonly string[]): string[] {
  if (slow.includes(group)) {
    const patterns = (folders[group] ?? [group]).map((folder) => `test/${folder}/**/*.test.ts`)
    return globSync(patterns).sort()
  }
  if (group !== 'fast') return [group, ...files]
  const exclude = slow.map((folder) => `test/${folder}/**`)
  return globSync('test/**/*.test.ts', { exclude }).sort()
}

async function runTap(paths: readonly string[]): Promise<{ passed: number; failed: number }> {
  rmSync('.tap/report', { recursive: true, force: true })
  const coverage = measured ? ['--coverage-report=json-summary'] : ['--disable-coverage']
  const preload = import.meta.resolve('../test/support/clean-children.ts')
  const limit = longest === undefined ? [] : [`--timeout=${longest}`]
  const tap = [
    'tap',
    'run',
    '--reporter=tap',
    `--node-arg=--import=${preload}`,
    ...coverage,
    ...limit,
  ]
  // One control plane serves the whole run.
  const child = spawn('node', ['test/support/with-stack.ts', ...tap, ...paths], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...(first === 'faults' && { FAULT_SIZE: 'full' }) },
  })
  const exited = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  const digest = createTapDigest((text) => process.stdout.write(text))
  for await (const line of createInterface({ input: child.stdout })) digest.read(line)
  return digest.close(await exited)
}
