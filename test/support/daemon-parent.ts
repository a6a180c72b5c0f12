// Starts a daemon under the guard named, tells its identity, and stays until it is killed.
import { join } from 'node:path'
import { startDaemon } from '../../src/local/start-daemon.ts'
import { findGuard } from '../../src/sandbox/guard.ts'

const [kind, folder = '.'] = process.argv.slice(2)
const { identity } = startDaemon({
  name: 'sleep',
  argv: ['/bin/sleep', '1000'],
  cwd: folder,
  logFile: join(folder, 'log'),
  guard: kind === 'pipe' ? { kind } : findGuard(),
})
process.stdout.write(`${JSON.stringify(identity)}\n`)
setInterval(() => {}, 1000)
