import { StageError } from '../domain/error.ts'
import type { ControlPlaneTools } from './control-plane-argv.ts'
import { findSystemTool, findTool } from './find-tool.ts'
import { readToolPins, type ToolPins } from './tool-pins.ts'
import { wantedTools } from './wanted-tools.ts'

/** The programs a control plane needs, by name. */
export const controlPlaneToolNames = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kwok',
  'kubectl',
] as const satisfies readonly (keyof ControlPlaneTools)[]

/** Paths of installed tools. TOOL_MISSING, saying how to install them, when one is not there. */
async function requireTools<Name extends string>(
  names: readonly Name[],
  pins: ToolPins,
  env: NodeJS.ProcessEnv,
): Promise<Readonly<Record<Name, string>>> {
  const tools = wantedTools(names, pins)
  const paths = await Promise.all(tools.map(async (tool) => findTool(tool, env)))
  const missing = tools.filter((_, index) => paths[index] === undefined)
  if (missing.length > 0) {
    const list = missing.map(({ name, pin }) => `${name} ${pin.version}`).join(', ')
    const text = `not installed: ${list}; run \`make setup\` in a checkout of Landfall, or put them in PATH`
    throw new StageError('TOOL_MISSING', text)
  }
  return named(names, (name) => paths[names.indexOf(name)])
}

/** A record of the paths `pathOf` gives, which must have all of them. */
export function named<Name extends string>(
  names: readonly Name[],
  pathOf: (name: Name) => string | undefined,
): Readonly<Record<Name, string>> {
  return Object.fromEntries(names.map((name) => [name, pathOf(name)])) as Record<Name, string>
}

export async function findControlPlaneTools(env: NodeJS.ProcessEnv): Promise<ControlPlaneTools> {
  return requireTools(controlPlaneToolNames, await readToolPins(), env)
}

/** Path of redis-server. TOOL_MISSING, with the command that installs it, when there is none. */
export async function requireRedis(pins: ToolPins, env: NodeJS.ProcessEnv): Promise<string> {
  const found = await findSystemTool('redis-server', env)
  if (found !== undefined) return found
  const pin = pins.system['redis-server'] ?? { apt: 'redis-server', brew: 'redis' }
  throw new StageError(
    'TOOL_MISSING',
    `redis-server is not in PATH: install it (Debian, Ubuntu: apt-get install ${pin.apt}; macOS: brew install ${pin.brew}), or set redis.url to a Redis of your own`,
  )
}
