import { setTimeout as delay } from 'node:timers/promises'
import type { Command } from 'commander'
import { StageError } from '../domain/error.ts'
import {
  type ApplicationAnswer,
  applicationAnswer,
  type SyncAnswer,
  syncsAnswer,
  wantedAnswer,
} from './answers.ts'
import type { CliContext } from './context.ts'
import { syncText } from './history.ts'
import type { InstanceClient } from './instance-client.ts'
import { findInstance, type InstanceOptions, withInstance } from './instance-option.ts'
import { painter, print } from './output.ts'

interface SyncOptions extends InstanceOptions {
  readonly wait?: boolean
  readonly timeout: string
}

const pollMs = 300

/** Exit code of a sync that a person waited for. */
const exitCodes = { done: 0, failed: 1, unhealthy: 4 } as const

export function registerSync(program: Command, ctx: CliContext): void {
  const command = program
    .command('sync <application>')
    .description('fetch its branch and make the cluster equal to it now')
    .option('-w, --wait', 'wait for the end of the sync and tell how it went')
    .option('--timeout <seconds>', 'how long to wait', '600')
  withInstance(command).action(async (name: string, options: SyncOptions) => {
    const instance = await findInstance(ctx, options)
    const path = `/applications/${encodeURIComponent(name)}`
    refusePaused(applicationAnswer.parse(await instance.get(path)))
    const asked = wantedAnswer.parse(await instance.post(`${path}/sync`))
    if (options.wait !== true) {
      print(
        ctx,
        options.output,
        asked,
        () => `${name} will be synced; see: landfall history ${name}`,
      )
      return
    }
    const sync = await awaitSync(instance, path, asked.wantedAt, Number(options.timeout) * 1000)
    if (sync === undefined) {
      ctx.stderr.write(`landfall: ${name} did not finish within ${options.timeout} s\n`)
      ctx.exit(exitCodes.unhealthy)
      return
    }
    print(ctx, options.output, sync, () => syncText(sync, painter(ctx)))
    ctx.exit(exitCodeOf(sync))
  })
}

function refusePaused({ name, paused }: ApplicationAnswer): void {
  if (paused === undefined) return
  const text = `${name} is paused by ${paused.by} since ${paused.at}; first: landfall resume ${name}`
  throw new StageError('INSTANCE_REFUSED', text)
}

async function awaitSync(
  instance: InstanceClient,
  path: string,
  wantedAt: string,
  timeoutMs: number,
): Promise<SyncAnswer | undefined> {
  const signal = AbortSignal.timeout(timeoutMs)
  while (!signal.aborted) {
    const { syncs } = syncsAnswer.parse(await instance.get(`${path}/syncs`))
    const sync = syncs.findLast((row) => row.startedAt >= wantedAt && row.phase !== 'Running')
    if (sync !== undefined) return sync
    await delay(pollMs)
  }
  return undefined
}

function exitCodeOf(sync: SyncAnswer): number {
  if (sync.failure?.code.startsWith('HEALTH_') === true) return exitCodes.unhealthy
  return sync.phase === 'Failed' ? exitCodes.failed : exitCodes.done
}
