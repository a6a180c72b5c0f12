import { join } from 'node:path'
import { toolCache } from '../../src/local/tool-cache.ts'
import { runTool } from './run-tool.ts'

/** Docker, or podman where no Docker engine answers. */
export interface ContainerEngine {
  readonly name: 'docker' | 'podman'
  /** What containers call the machine they are on. */
  readonly host: string
  /** Builds the Dockerfile of this checkout; rejects with what the build said. */
  build(tag: string): Promise<void>
  run(...args: readonly string[]): Promise<string>
  /** docker compose, in a folder with a docker-compose.yml. */
  compose(
    folder: string,
    env: Readonly<Record<string, string>>,
    ...args: readonly string[]
  ): Promise<string>
}

type Argv = readonly [string, ...string[]]

/** Sets up what is missing first; rejects with what to do where it cannot. */
export async function containerEngine(): Promise<ContainerEngine> {
  const said = await must(['sh', 'tools/setup-containers.sh'])
  return said.trim().split('\n').at(-1) === 'docker' ? docker : podman
}

const docker: ContainerEngine = {
  name: 'docker',
  host: 'host.docker.internal',
  build: async (tag) => {
    await must(['docker', 'build', '--tag', tag, '.'])
  },
  run: (...args) => must(['docker', ...args]),
  compose: (folder, env, ...args) => must(['docker', 'compose', ...args], { cwd: folder, env }),
}

const podmanEnv = {
  CONTAINERS_CONF: join(import.meta.dirname, '../../tools/containers/containers.conf'),
  BUILDAH_ISOLATION: 'chroot',
  // The other one keeps no health checks.
  BUILDAH_FORMAT: 'docker',
}

const podman: ContainerEngine = {
  name: 'podman',
  host: 'host.containers.internal',
  async build(tag) {
    // The pinned tools are found and packages are near, as on the second build of a machine.
    const tools = `${toolCache(process.env)}:/root/.cache/landfall/tools:ro`
    const packages = `${(await must(['npm', 'config', 'get', 'cache'])).trim()}:/root/.npm`
    const volumes = ['--volume', tools, '--volume', packages]
    await must(['podman', 'build', ...volumes, '--tag', tag, '.'], { env: podmanEnv })
  },
  run: (...args) => must(['podman', ...args], { env: podmanEnv }),
  compose: (folder, env, ...args) =>
    must(['podman-compose', ...args], { cwd: folder, env: { ...podmanEnv, ...env } }),
}

interface Surroundings {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
}

async function must(argv: Argv, { cwd = '.', env = {} }: Surroundings = {}): Promise<string> {
  const { code, output } = await runTool(cwd, argv, { ...process.env, ...env })
  if (code !== 0) throw new Error(`${argv.join(' ')}: exit ${code}\n${output}`)
  return output
}
