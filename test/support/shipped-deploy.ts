import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Test } from 'tap'
import { parse, parseAllDocuments, stringify } from 'yaml'
import type { KubeObject } from '../../src/domain/kube-object.ts'
import { runTool } from './run-tool.ts'
import { rendererTools } from './tools.ts'

/** A copy of the folder deploy/ with the Secrets' files that its own script makes. */
export async function copyDeploy(t: Test): Promise<string> {
  const dir = t.testdir({})
  await must(['cp', '-R', 'deploy', dir])
  const folder = join(dir, 'deploy')
  await must(['rm', '-rf', join(folder, 'secrets')])
  await must(['sh', join(folder, 'secrets.sh')], { FORGE_TOKEN: 'a-token-of-the-forge' })
  return folder
}

/** What `kubectl apply -k deploy` sends. */
export async function shippedObjects(folder: string): Promise<KubeObject[]> {
  const { kustomize } = await rendererTools()
  const built = await must([kustomize, 'build', folder])
  return parseAllDocuments(built).map((document) => document.toJS() as KubeObject)
}

/** A kubeconfig for the same server with another token. */
export async function withToken(kubeconfig: string, token: string, to: string): Promise<string> {
  const config = parse(await readFile(kubeconfig, 'utf8'))
  config.users[0].user = { token }
  await writeFile(to, stringify(config, { lineWidth: 0 }), { mode: 0o600 })
  return to
}

async function must(
  argv: readonly [string, ...string[]],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { code, output } = await runTool('.', argv, { PATH: process.env['PATH'], ...env })
  if (code !== 0) throw new Error(`${argv.join(' ')}: exit ${code}\n${output}`)
  return output
}
