import type { Config } from '../../domain/settings.ts'
import type { Findings } from '../findings.ts'
import type { Path } from '../problem.ts'

const lasting: readonly { readonly path: Path; readonly of: (config: Config) => unknown }[] = [
  { path: ['dataDir'], of: ({ dataDir }) => dataDir },
  { path: ['redis', 'url'], of: ({ redisUrl }) => redisUrl },
  { path: ['server', 'listen'], of: ({ server }) => `${server.host}:${server.port}` },
  { path: ['server', 'trustProxy'], of: ({ server }) => server.trustProxy },
]

/** What an instance that runs by another configuration cannot take up. */
export function checkRunning(running: Config, next: Config, findings: Findings): void {
  for (const { path, of } of lasting) {
    if (of(running) !== of(next)) {
      findings.problem(path, 'cannot change while Landfall runs, restart it or change it back')
    }
  }
}
