import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'

/** Every check that needs no test run. All of them run, so one pass shows every kind of fault. */
const checks = ['format', 'lint', 'types', 'imports', 'exports']

let failed = 0
for (const check of checks) {
  const startedAt = performance.now()
  const { code, output } = await run(check)
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  process.stdout.write(`${code === 0 ? 'ok' : 'not ok'} check:${check} ${seconds} s\n`)
  if (code === 0) continue
  failed += 1
  process.stdout.write(`${output.trimEnd()}\n`)
}
process.stdout.write(`${checks.length - failed} passed, ${failed} failed\n`)
process.exitCode = failed === 0 ? 0 : 1

async function run(check: string): Promise<{ code: number | null; output: string }> {
  const child = spawn(`npm run -s check:${check} 2>&1`, {
    shell: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  const output = await text(child.stdout)
  return { code: await exited, output }
}
