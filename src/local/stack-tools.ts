import { StageError } from '../domain/error.ts'
import type { ControlPlaneTools } from './control-plane-argv.ts'
import { findSystemTool, findTool } from './find-tool.ts'
import { readToolPins, type ToolPins, thisPlatform } from './tool-pins.ts'

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
export async function requireTools<Name extends string>(
  names: readonly Name[],
  pins: ToolPins,
  env: NodeJS.ProcessEnv,
): Promise<Readonly<Record<Name, string>>> {
  const platform = thisPlatform()
  const entries = await Promise.all(
    names.map(async (name) => {
      const pin = pins.tools[name]
      const found =
        pin === undefined || platform === undefined
          ? undefined
          : await findTool({ name, pin, platform }, env)
      return [name, found] as const
    }),
  )
  const missing = entries.flatMap(([name, found]) => (found === undefined ? [name] : []))
  if (missing.length > 0) {
    const text = `${missing.join(', ')} not installed: run \`make setup\` in a checkout of Landfall`
    throw new StageError('TOOL_MISSING', text)
  }
  return Object.fromEntries(entries) as Record<Name, string>
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
