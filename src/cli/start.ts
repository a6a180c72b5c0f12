import { type Command, InvalidArgumentError, Option } from 'commander'
import { type Listen, parseListen } from '../config/schema/server.ts'
import { StageError } from '../domain/error.ts'
import { type Role, roles } from '../domain/role.ts'
import type { Config } from '../domain/settings.ts'
import { type EmbeddedRedis, startRedis } from '../local/embedded-redis.ts'
import { requireRedis } from '../local/stack-tools.ts'
import { readToolPins } from '../local/tool-pins.ts'
import type { CliContext } from './context.ts'
import { configOption } from './instance-option.ts'
import { readConfig } from './read-config.ts'
import { findRenderTools } from './render-tools.ts'

interface StartCommandOptions {
  readonly config: string
  readonly role?: Role
  readonly listen?: Listen
}

export function registerStart(program: Command, ctx: CliContext): void {
  program
    .command('start')
    .description('run Landfall: receive webhooks, sync, and sweep for drift')
    .addOption(configOption())
    .addOption(new Option('--role <role>', 'run one role only; needs redis.url').choices(roles))
    .addOption(
      new Option('--listen <address>', 'HOST:PORT, instead of server.listen').argParser(readListen),
    )
    .action(async ({ config: file, role, listen }: StartCommandOptions) => {
      const read = await readConfig(ctx, file, role)
      const config = { ...read, server: { ...read.server, ...listen } }
      if (role !== undefined && config.redisUrl === undefined) {
        const text = `--role ${role} needs redis.url: roles in different processes meet in one Redis; add it to ${file}`
        throw new StageError('CONFIG_INVALID', text)
      }
      await run(ctx, config, role)
    })
}

function readListen(text: string): Listen {
  const listen = parseListen(text)
  if (listen.kind === 'ok') return listen.value
  throw new InvalidArgumentError(listen.fault)
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
