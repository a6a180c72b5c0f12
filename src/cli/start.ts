import { type Command, Option } from 'commander'
import { StageError } from '../domain/error.ts'
import type { Config } from '../domain/settings.ts'
import { type EmbeddedRedis, startRedis } from '../local/embedded-redis.ts'
import { requireRedis } from '../local/stack-tools.ts'
import { readToolPins } from '../local/tool-pins.ts'
import { type CliContext, type Role, roles } from './context.ts'
import { configOption } from './instance-option.ts'
import { readConfig } from './read-config.ts'
import { findRenderTools } from './render-tools.ts'

interface StartCommandOptions {
  readonly config: string
  readonly role?: Role
}

export function registerStart(program: Command, ctx: CliContext): void {
  program
    .command('start')
    .description('run Landfall: receive webhooks, sync, and sweep for drift')
    .addOption(configOption())
    .addOption(new Option('--role <role>', 'run one role only; needs redis.url').choices(roles))
    .action(async ({ config: file, role }: StartCommandOptions) => {
      const config = await readConfig(ctx, file)
      if (role !== undefined && config.redisUrl === undefined) {
        const text = `--role ${role} needs redis.url: roles in different processes meet in one Redis; add it to ${file}`
        throw new StageError('CONFIG_INVALID', text)
      }
      await run(ctx, config, role)
    })
}

async function run(ctx: CliContext, config: Config, role: Role | undefined): Promise<void> {
  const tools = await findRenderTools(ctx.env)
  const redis = config.redisUrl === undefined ? await ownRedis(ctx, config) : undefined
  try {
    const redisUrl = config.redisUrl ?? redis?.url ?? ''
    const instance = await ctx.startInstance(config, { role, redisUrl, tools, log: 'json' })
    const stopped = new Promise<undefined>((resolve) => {
      ctx.stopped.addEventListener('abort', () => resolve(undefined), { once: true })
      if (ctx.stopped.aborted) resolve(undefined)
    })
    const reason = await Promise.race([
      stopped,
      instance.ended,
      ...(redis === undefined ? [] : [redis.ended]),
    ])
    await instance.close()
    if (reason === undefined) return
    ctx.stderr.write(`landfall: ${reason}\n`)
    ctx.exit(1)
  } finally {
    await redis?.stop()
  }
}

async function ownRedis(ctx: CliContext, config: Config): Promise<EmbeddedRedis> {
  return startRedis({
    dataDir: config.dataDir,
    program: await requireRedis(await readToolPins(), ctx.env),
    throwaway: false,
    lifetime: 'parent',
    signal: ctx.stopped,
  })
}
