// Runs a command with one control plane for all the tests it runs:
//   node test/support/with-stack.ts tap test/integration
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { constants } from 'node:os'
import { addressOf, stackVariable } from './control-plane.ts'
import { throwawayControlPlane } from './throwaway.ts'

const [command, ...args] = process.argv.slice(2)
if (command === undefined) {
  console.error('usage: node test/support/with-stack.ts <command> [arguments…]')
  process.exit(2)
}

const stack = await throwawayControlPlane()
const child = spawn(command, args, {
  stdio: 'inherit',
  env: { ...process.env, [stackVariable]: JSON.stringify(addressOf(stack)) },
})
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => child.kill(signal))
}
const [code, signal] = await once(child, 'close')
await stack.stop()
process.exitCode = code ?? 128 + constants.signals[signal as NodeJS.Signals]
