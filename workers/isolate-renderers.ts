import { join } from 'node:path'
import type { Logger } from 'pino'
import { systemClock } from '../src/domain/clock.ts'
import { findIsolation } from '../src/sandbox/find-isolation.ts'
import { findGuard } from '../src/sandbox/guard.ts'
import { describeIsolation, type Isolation } from '../src/sandbox/isolation.ts'
import { createPrivateDirs } from '../src/sandbox/private-dirs.ts'

/** Finds out how far the renderers can be shut in, and says it once. */
export async function isolateRenderers(dataDir: string, logger: Logger): Promise<Isolation> {
  const temp = createPrivateDirs(join(dataDir, 'tmp'), systemClock)
  const isolation = await findIsolation(findGuard(), temp)
  const level = isolation.kind === 'full' ? 'info' : 'warn'
  logger[level]({ isolation: isolation.kind }, describeIsolation(isolation))
  return isolation
}
