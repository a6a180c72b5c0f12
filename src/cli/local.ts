import { resolve } from 'node:path'
import { type Command, Option } from 'commander'
import { StageError } from '../domain/error.ts'
import type { ControlPlaneTools } from '../local/control-plane-argv.ts'
import { createInstallProgress } from '../local/install-progress.ts'
import { installTools } from '../local/install-tools.ts'
import { type LocalStack, stackStatus, startStack, stopStack } from '../local/local-stack.ts'
import type { StackAddress } from '../local/stack-state.ts'
import { controlPlaneToolNames, named, requireRedis } from '../local/stack-tools.ts'
import { readToolPins, type ToolPins } from '../local/tool-pins.ts'
import { wantedTools } from '../local/wanted-tools.ts'
import type { CliContext } from './context.ts'
import { print, table } from './output.ts'

interface StackPlace {
  readonly dataDir: string
  readonly output: 'table' | 'json'
}

interface UpOptions extends StackPlace {
  readonly kubernetesVersion?: string
  readonly audit?: boolean
  readonly foreground?: boolean
}

type Context = Omit<CliContext, 'startInstance' | 'onHangup'>

const notRunningCode = 4

export function registerLocal(program: Command, ctx: Context): void {
  const local = program
    .command('local')
    .description('a real Kubernetes control plane and a Redis on this machine, without Docker')

  place(local.command('up'))
    .description('start it, and leave it running until `local down`')
    .option('--kubernetes-version <version>', 'another than the pinned one, downloaded')
    .option('--audit', 'write an audit log of what the API server is asked')
    .option('--foreground', 'stay attached, and end and remove it with this command')
    .action((options: UpOptions) => up(ctx, options))

  place(local.command('status'))
    .description('say where it is reached; exits 4 when it does not run')
    .action((options: StackPlace) => status(ctx, options))

  place(local.command('down'))
    .description('end it and remove its data')
    .action((options: StackPlace) => down(ctx, options))
}

function place(command: Command): Command {
  return command
    .option('--data-dir <folder>', 'where it keeps its files', '.landfall/local')
    .addOption(new Option('-o, --output <format>').choices(['table', 'json']).default('table'))
}

async function up(ctx: Context, options: UpOptions): Promise<void> {
  assertLinux()
  const pins = await readToolPins()
  const kubernetesVersion = chooseVersion(options.kubernetesVersion, pins)
  const redis = await requireRedis(pins, ctx.env)
  const tools = await install(ctx, pins, kubernetesVersion)
  const dataDir = resolve(ctx.cwd, options.dataDir)
  const foreground = options.foreground === true
  if (foreground) await assertNotRunning(dataDir)
  const since = performance.now()
  const stack = await startStack({
    dataDir,
    tools,
    redis,
    kubernetesVersion,
    audit: options.audit === true,
    lifetime: foreground ? 'parent' : 'detached',
    signal: ctx.stopped,
  })
  const seconds = ((performance.now() - since) / 1000).toFixed(1)
  print(ctx, options.output, stack.address, () =>
    tellStack(stack.address, [
      stack.started
        ? `Kubernetes ${kubernetesVersion} is ready after ${seconds} s.`
        : `Kubernetes ${kubernetesVersion} runs already.`,
      foreground
        ? 'Ctrl-C ends and removes it.'
        : `End and remove it with: ${downCommand(options)}`,
    ]),
  )
  if (foreground) await stayAttached(ctx, stack)
}

async function assertNotRunning(dataDir: string): Promise<void> {
  const { kind } = await stackStatus(dataDir)
  if (kind !== 'running') return
  const text = `a local stack runs in ${dataDir} already: use it without --foreground, or end it with \`landfall local down\``
  throw new StageError('LOCAL_STACK_FAILED', text)
}

function assertLinux(): void {
  if (process.platform === 'linux') return
  const text = `the local stack runs on Linux only, since Kubernetes publishes no API server for ${process.platform}: use a cluster of your own (kind, minikube, Docker Desktop) and name its kubeconfig under clusters in landfall.yaml`
  throw new StageError('LOCAL_STACK_FAILED', text)
}

function chooseVersion(asked: string | undefined, pins: ToolPins): string {
  const pinned = pins.tools['kube-apiserver']?.version ?? ''
  if (asked === undefined) return pinned
  const version = /^v?(\d+\.\d+\.\d+)$/.exec(asked)?.[1]
  if (version !== undefined) return version
  const text = `--kubernetes-version ${asked} is no full version: write one like ${pinned}`
  throw new StageError('CONFIG_INVALID', text)
}

async function install(
  ctx: Context,
  pins: ToolPins,
  kubernetesVersion: string,
): Promise<ControlPlaneTools> {
  const progress = createInstallProgress(ctx.stderr, { verbose: false })
  try {
    const wanted = wantedTools(controlPlaneToolNames, pins, kubernetesVersion)
    const paths = await installTools(wanted, { env: ctx.env, onEvent: progress.onEvent })
    return named(controlPlaneToolNames, (name) => paths.get(name))
  } finally {
    progress.stop()
  }
}

async function stayAttached(ctx: Context, { address, ended }: LocalStack): Promise<void> {
  const stopped = new Promise<undefined>((resolve) => {
    if (ctx.stopped.aborted) resolve(undefined)
    ctx.stopped.addEventListener('abort', () => resolve(undefined), { once: true })
  })
  // Daemons do not keep this process alive, and a signal handler does not either.
  const alive = setInterval(() => {}, 60_000)
  try {
    const reason = await Promise.race([stopped, ended])
    await stopStack(address.dataDir)
    if (reason === undefined) return
    throw new StageError('LOCAL_STACK_FAILED', `${reason}: the local stack was ended and removed`)
  } finally {
    clearInterval(alive)
  }
}

async function status(ctx: Context, options: StackPlace): Promise<void> {
  const dataDir = resolve(ctx.cwd, options.dataDir)
  const found = await stackStatus(dataDir)
  if (found.kind === 'running') {
    const { kubernetesVersion } = found.state
    print(ctx, options.output, found.address, () =>
      tellStack(found.address, [`Kubernetes ${kubernetesVersion} runs.`]),
    )
    return
  }
  const text =
    found.kind === 'none'
      ? `no local stack in ${dataDir}: start one with \`landfall local up\``
      : `the local stack in ${dataDir} is broken: \`landfall local up\` starts it again with its data`
  ctx.stderr.write(`landfall: ${text}\n`)
  ctx.exit(notRunningCode)
}

async function down(ctx: Context, options: StackPlace): Promise<void> {
  const dataDir = resolve(ctx.cwd, options.dataDir)
  const stopped = await stopStack(dataDir)
  const text = stopped ? `ended and removed: ${dataDir}` : `no local stack in ${dataDir}`
  print(ctx, options.output, { dataDir, stopped }, () => text)
}

function tellStack(address: StackAddress, sentences: readonly string[]): string {
  const rows = [
    ['kubeconfig', address.kubeconfig],
    ['server', address.server],
    ['redis', address.redisUrl],
    ['kubectl', address.kubectl],
    ...(address.auditLog === undefined ? [] : [['audit log', address.auditLog]]),
  ]
  return `${sentences.join(' ')}\n${table(rows)}Use it with: export KUBECONFIG=${address.kubeconfig}\n`
}

function downCommand({ dataDir }: StackPlace): string {
  return dataDir === '.landfall/local'
    ? 'landfall local down'
    : `landfall local down --data-dir ${dataDir}`
}
