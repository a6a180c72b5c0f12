import type { Command } from 'commander'
import { StageError } from '../domain/error.ts'
import type { Config, WitnessSettings } from '../domain/settings.ts'
import {
  endpointText,
  type InstallationDeps,
  installWitness,
  lookAtWitness,
  uninstallWitness,
} from '../engine/witness/installation.ts'
import type { CliContext } from './context.ts'
import { configOption, withOutput } from './instance-option.ts'
import { type OutputFormat, print, safeText, table } from './output.ts'
import { readConfig } from './read-config.ts'
import { withWitness } from './with-witness.ts'

interface WitnessOptions {
  readonly config: string
  readonly cluster?: string
  readonly kubeconfig?: string
  readonly context?: string
  readonly output: OutputFormat
}

/** `landfall witness install|uninstall|status`: whether the API server is told to ask the witness. */
export function registerWitness(program: Command, ctx: CliContext): void {
  const witness = program
    .command('witness')
    .description('have the API server tell who changes what: docs/witness.md')
  const add = (name: string, description: string, act: Act) => {
    const command = witness
      .command(name)
      .description(description)
      .option('--cluster <name>', 'one cluster; left out: each that has a witness')
      .option('--kubeconfig <file>', 'whose rights to use, instead of those of the configuration')
      .option('--context <name>', 'context of that kubeconfig')
      .addOption(configOption())
    withOutput(command).action(async (options: WitnessOptions) => {
      const config = await readConfig(ctx, options.config, 'witness')
      const told: Told[] = []
      const witnesses = chosen(config, options.cluster)
      if (options.kubeconfig !== undefined && witnesses.length > 1) {
        const text =
          '--kubeconfig is of one cluster and several have a witness: name it with --cluster'
        throw new StageError('CONFIG_INVALID', text)
      }
      for (const settings of witnesses) {
        const { kubeconfig, context } = options
        const { cluster, endpoint } = settings
        const done = await withWitness(ctx, { config, settings, kubeconfig, context }, act)
        told.push({ cluster, endpoint: endpointText(endpoint), ...done })
      }
      print(ctx, options.output, told, () => tableOf(told))
      ctx.exit(told.some(({ state }) => state === 'wrong') ? 1 : 0)
    })
  }
  add('install', 'make the API server ask the witness; safe to run again', install)
  add('uninstall', 'make the API server ask no more, and take back what was installed', uninstall)
  add('status', 'tell whether the API server is told to ask the witness', look)
}

interface Told {
  readonly cluster: string
  readonly state: 'installed' | 'uninstalled' | 'wrong'
  readonly endpoint: string
  readonly certificateEnds?: string
  readonly message: string
}

type Act = (deps: InstallationDeps) => Promise<Omit<Told, 'cluster' | 'endpoint'>>

async function install(deps: InstallationDeps) {
  await installWitness(deps)
  const told = await look(deps)
  return { ...told, message: `${told.message}; now run: landfall start, or its role witness` }
}

async function uninstall(deps: InstallationDeps) {
  const isRemoved = await uninstallWitness(deps)
  const message = isRemoved ? 'nobody is asked any more' : 'was not installed'
  return { state: 'uninstalled' as const, message }
}

async function look(deps: InstallationDeps) {
  const found = await lookAtWitness(deps)
  if (found === undefined) {
    return { state: 'uninstalled' as const, message: 'run: landfall witness install' }
  }
  const { fault, certificateEnds } = found
  return {
    state: fault === undefined ? ('installed' as const) : ('wrong' as const),
    ...(certificateEnds !== undefined && { certificateEnds: certificateEnds.toISOString() }),
    message:
      fault === undefined
        ? 'the API server is told to ask it'
        : `${fault}; run: landfall witness install`,
  }
}

function chosen(config: Config, name: string | undefined): readonly WitnessSettings[] {
  const all = Array.from(config.witnesses.values())
  const found = name === undefined ? all : all.filter(({ cluster }) => cluster === name)
  if (found.length > 0) return found
  const which = name === undefined ? 'no cluster has a witness' : `cluster ${name} has no witness`
  throw new StageError(
    'CONFIG_INVALID',
    `${which}; write clusters.${name ?? '<name>'}.witness: {enabled: true}`,
  )
}

function tableOf(told: readonly Told[]): string {
  const rows = told.map(({ cluster, state, endpoint, certificateEnds, message }) => [
    cluster,
    state,
    endpoint,
    certificateEnds ?? '-',
    safeText(message),
  ])
  return table([['CLUSTER', 'WITNESS', 'ASKED AT', 'CERTIFICATE ENDS', ''], ...rows])
}
