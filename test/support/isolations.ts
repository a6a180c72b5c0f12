import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { systemClock } from '../../src/domain/clock.ts'
import { findIsolation } from '../../src/sandbox/find-isolation.ts'
import { findGuard } from '../../src/sandbox/guard.ts'
import type { Isolation } from '../../src/sandbox/isolation.ts'
import { createPrivateDirs, type PrivateDirs } from '../../src/sandbox/private-dirs.ts'

/** Private folders of a test, at a path short enough for any mount. */
export async function privateDirs(t: Test): Promise<PrivateDirs> {
  const root = await mkdtemp(join(tmpdir(), 'landfall-test-'))
  t.teardown(() => rm(root, { recursive: true, force: true }))
  return createPrivateDirs(root, systemClock)
}

/** What this machine grants, and everything less, the most first. */
export async function isolations(t: Test): Promise<readonly Isolation[]> {
  const found = await findIsolation(findGuard(), await privateDirs(t))
  const none: Isolation = { kind: 'none', prlimit: found.prlimit }
  if (found.kind === 'none') return [none]
  const { prlimit, unshare, countsProcesses } = found
  const network: Isolation = { kind: 'network', prlimit, unshare, countsProcesses }
  return found.kind === 'full' ? [found, network, none] : [network, none]
}
