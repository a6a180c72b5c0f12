import { chmod, copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Test } from 'tap'
import { parse, stringify } from 'yaml'
import { freePort } from '../../src/local/free-port.ts'
import type { ContainerEngine } from './container-engine.ts'
import { controlPlane } from './control-plane.ts'
import { relay } from './relay.ts'
import type { Site } from './site.ts'

/** The shipped docker-compose.yml in a folder with a configuration and secrets. */
export interface ComposeProject {
  readonly name: string
  /** Where the landfall container receives webhooks. */
  readonly url: string
  compose(...args: readonly string[]): Promise<string>
  /** Stops and removes it, with its volumes and network. */
  down(): Promise<void>
  /** Runs a program in the landfall container. */
  exec(...argv: readonly string[]): Promise<string>
  /** Of its containers, in the engine's words. */
  states(): Promise<readonly string[]>
  /** Names of what the engine still has of it. */
  remains(): Promise<readonly string[]>
}

/** Gives containers what the site has on loopback. Removed with all it made when the test ends. */
export async function composeProject(
  t: Test,
  engine: ContainerEngine,
  site: Site,
): Promise<ComposeProject> {
  const name = site.name
  const folder = join(site.dir, name)
  await mkdir(join(folder, 'secrets'), { recursive: true, mode: 0o700 })
  await copyFile('docker-compose.yml', join(folder, 'docker-compose.yml'))
  await writeFile(join(folder, 'landfall.yaml'), await configFor(t, engine, site))
  await chmod(join(folder, 'landfall.yaml'), 0o444)
  const secrets = {
    'webhook-secret': site.secret,
    'forge-token': site.forge.token,
    kubeconfig: await kubeconfigFor(t, engine),
  }
  for (const [file, text] of Object.entries(secrets)) {
    await writeFile(join(folder, 'secrets', file), text, { mode: 0o444 })
  }
  if (engine.name === 'docker') {
    const host = { extra_hosts: [`${engine.host}:host-gateway`] }
    const override = stringify({ services: { landfall: host } })
    await writeFile(join(folder, 'docker-compose.override.yml'), override)
  }
  const port = await freePort()
  const env = { LANDFALL_PORT: String(port), REDIS_PORT: String(await freePort()) }
  const compose = (...args: readonly string[]) =>
    engine.compose(folder, env, '--project-name', name, ...args)
  const label = `label=com.docker.compose.project=${name}`
  const names = async (...list: readonly string[]) =>
    (await engine.run(...list, '--filter', label)).split('\n').filter((line) => line !== '')
  const down = async () => {
    await compose('down', '--volumes')
    // podman-compose removes networks from 1.1 on.
    if (engine.name === 'podman') await engine.run('network', 'rm', '--force', `${name}_default`)
  }
  t.teardown(down)
  return {
    name,
    url: `http://127.0.0.1:${port}`,
    compose,
    down,
    exec: async (...argv) => {
      const service = 'label=com.docker.compose.service=landfall'
      const [id = ''] = await names('ps', '--quiet', '--filter', service)
      return engine.run('exec', id, ...argv)
    },
    states: () => names('ps', '--all', '--format', '{{.Status}}'),
    remains: async () => [
      ...(await names('ps', '--all', '--quiet')),
      ...(await names('volume', 'ls', '--quiet')),
      ...(await names('network', 'ls', '--quiet')),
    ],
  }
}

async function configFor(t: Test, engine: ContainerEngine, site: Site): Promise<string> {
  const config = JSON.parse(await readFile(site.config, 'utf8'))
  const [forge] = Object.values<Record<string, unknown>>(config.forges)
  const inside = {
    ...config,
    server: { ...config.server, listen: '0.0.0.0:8080' },
    dataDir: '/var/lib/landfall',
    redis: { url: 'redis://redis:6379' },
    forges: {
      github: {
        ...forge,
        webhookSecret: { file: '/run/secrets/webhook-secret' },
        token: { file: '/run/secrets/forge-token' },
      },
    },
    clusters: { test: { kubeconfig: '/run/secrets/kubeconfig' } },
  }
  return outward(t, engine, JSON.stringify(inside))
}

async function kubeconfigFor(t: Test, engine: ContainerEngine): Promise<string> {
  const { kubeconfig } = await controlPlane()
  const config = parse(await outward(t, engine, await readFile(kubeconfig, 'utf8')))
  // The name that its certificate has.
  config.clusters[0].cluster['tls-server-name'] = 'kubernetes'
  return stringify(config, { lineWidth: 0 })
}

/** The text with each address on loopback replaced by one that containers reach. */
async function outward(t: Test, engine: ContainerEngine, text: string): Promise<string> {
  const ports = new Set(Array.from(text.matchAll(/\/\/127\.0\.0\.1:(\d+)/g), ([, port]) => port))
  let result = text
  for (const port of ports) {
    const outer = await relay(t, Number(port))
    result = result.replaceAll(`//127.0.0.1:${port}`, `//${engine.host}:${outer}`)
  }
  return result
}
