import { type Command, InvalidArgumentError, Option } from 'commander'
import { type LoadedConfig, loadConfig } from '../config/load-config.ts'
import { type Listen, parseListen } from '../config/schema/server.ts'
import { type Changes, watchChanges } from '../config/watch-changes.ts'
import { StageError } from '../domain/error.ts'
import { type Role, roles } from '../domain/role.ts'
import type { Config } from '../domain/settings.ts'
import { type EmbeddedRedis, startRedis } from '../local/embedded-redis.ts'
import { requireRedis } from '../local/stack-tools.ts'
import { readToolPins } from '../local/tool-pins.ts'
import type { CliContext, RunningInstance } from './context.ts'
import { configOption } from './instance-option.ts'
import { acceptConfig } from './read-config.ts'
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
      const load = (running?: Config) =>
        loadConfig({ file, cwd: ctx.cwd, env: ctx.env, role, running })
      const loaded = await load()
      const read = acceptConfig(ctx, file, loaded)
      const config = { ...read, server: { ...read.server, ...listen } }
      if (role !== undefined && config.redisUrl === undefined) {
        const text = `--role ${role} needs redis.url: roles in different processes meet in one Redis; add it to ${file}`
        throw new StageError('CONFIG_INVALID', text)
      }
      const changes = watchChanges()
      ctx.onHangup(changes.announce)
      changes.watch(loaded.files)
      try {
        await run(ctx, config, role, (instance) => follow(changes, () => load(read), instance))
      } finally {
        changes.close()
      }
    })
}

/** Reloads what changed, one after the other, until the changes end. */
async function follow(
  changes: Changes,
  load: () => Promise<LoadedConfig>,
  instance: RunningInstance,
): Promise<void> {
  for await (const _ of changes) {
    const loaded = await load()
    changes.watch(loaded.files)
    await instance.reload(loaded)
  }
}

function readListen(text: string): Listen {
  const listen = parseListen(text)
  if (listen.kind === 'ok') return listen.value
  throw new InvalidArgumentError(listen.fault)
}

async function run(
  ctx: CliContext,
  config: Config,
  role: Role | undefined,
  onRunning: (instance: RunningInstance) => Promise<void>,
): Promise<void> {
  const tools = await findRenderTools(ctx.env)
  const redis = config.redisUrl === undefined ? await ownRedis(ctx, config) : undefined
  try {
    const redisUrl = config.redisUrl ?? redis?.url ?? ''
    const instance = await ctx.startInstance(config, { role, redisUrl, tools, log: 'json' })
    // Ends with the changes.
    void onRunning(instance)
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
