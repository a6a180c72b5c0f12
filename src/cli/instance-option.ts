import { join, resolve } from 'node:path'
import type { Command } from 'commander'
import { Option } from 'commander'
import { readDataDir } from '../config/data-dir.ts'
import type { CliContext } from './context.ts'
import { createInstanceClient, type InstanceClient } from './instance-client.ts'
import { type OutputFormat, outputFormats } from './output.ts'

export interface InstanceOptions {
  readonly config: string
  readonly dataDir?: string
  readonly server?: string
  readonly output: OutputFormat
}

/** Adds the options by which a command finds the instance it talks to. */
export function withInstance(command: Command): Command {
  return withOutput(command)
    .addOption(configOption())
    .option('--data-dir <dir>', 'dataDir of the instance, instead of the one in the configuration')
    .option('--server <url>', 'URL of an instance elsewhere; LANDFALL_TOKEN holds its token')
}

export const defaultConfig = 'landfall.yaml'

export function configOption(): Option {
  return new Option('-c, --config <file>', 'configuration').default(defaultConfig)
}

export function withOutput(command: Command): Command {
  return command.addOption(
    new Option('-o, --output <format>', 'how to print')
      .choices([...outputFormats])
      .default('table'),
  )
}

/** The instance that runs on the configuration's `dataDir`, or the one that `--server` names. */
export async function findInstance(
  ctx: CliContext,
  options: InstanceOptions,
): Promise<InstanceClient> {
  if (options.server !== undefined) {
    const token = ctx.env['LANDFALL_TOKEN']
    return createInstanceClient({ kind: 'url', url: options.server, token })
  }
  const dataDir =
    options.dataDir === undefined
      ? await readDataDir(resolve(ctx.cwd, options.config))
      : resolve(ctx.cwd, options.dataDir)
  return createInstanceClient({ kind: 'socket', path: join(dataDir, 'landfall.sock') })
}
