import { createHash } from 'node:crypto'
import { StageError } from '../src/domain/error.ts'
import type { ForgeSettings } from '../src/domain/settings.ts'
import { createPoster } from '../src/forge/create-forge.ts'
import type { Forge } from '../src/forge/forge.ts'
import type { ForgeDeps } from '../src/forge/forge-deps.ts'
import { tellLimits } from '../src/forge/rate-limit.ts'
import type { ForgeBudget } from '../src/queue/forge-budget.ts'

interface PosterDeps extends ForgeDeps {
  readonly budget: ForgeBudget
  readonly onError: (error: unknown) => void
}

/** Posts statuses, and waits where any worker was told to wait with the same credential. */
export function createBudgetedPoster(
  settings: ForgeSettings,
  { budget, onError, ...deps }: PosterDeps,
): Pick<Forge, 'postStatus'> {
  const credential = credentialOf(settings)
  const pause = (ms: number) => budget.pause(credential, ms).catch(onError)
  const poster = createPoster(settings, {
    ...deps,
    // Never rejects, and no answer waits for it.
    fetch: tellLimits(deps.fetch, deps.clock, (ms) => void pause(ms)),
  })
  return {
    async postStatus(repo, status, signal) {
      const ms = await budget.waitMs(credential)
      if (ms > 0) {
        const text = `forge ${settings.key} takes nothing for ${Math.ceil(ms / 1000)} s more`
        throw new StageError('FORGE_THROTTLED', text, { retry: { kind: 'after', ms } })
      }
      try {
        await poster.postStatus(repo, status, signal)
      } catch (error) {
        const retry = error instanceof StageError && error.code === 'FORGE_THROTTLED' && error.retry
        if (retry && retry.kind === 'after') await pause(retry.ms)
        throw error
      }
    },
  }
}

/** Two forges of the configuration may share one; a limit counts for both then. */
function credentialOf({ apiUrl, token, app }: ForgeSettings): string {
  const who = app === undefined ? token?.reveal() : `${app.id}/${app.installationId}`
  const text = JSON.stringify(['landfall credential', apiUrl, who ?? null])
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}
