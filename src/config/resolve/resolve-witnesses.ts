import { resolve } from 'node:path'
import { ownNamespace } from '../../domain/own-namespace.ts'
import type { WitnessSettings } from '../../domain/settings.ts'
import type { Findings } from '../findings.ts'
import type { Cluster } from '../schema/cluster.ts'
import type { Witness } from '../schema/witness.ts'

interface WitnessContext {
  /** Relative files resolve against it. */
  readonly folder: string
  readonly findings: Findings
}

/** Those that are enabled, by cluster. */
export function resolveWitnesses(
  clusters: ReadonlyMap<string, Cluster | undefined>,
  context: WitnessContext,
): ReadonlyMap<string, WitnessSettings> {
  const witnesses = new Map<string, WitnessSettings>()
  const listening = new Map<string, string>()
  for (const [cluster, declared] of clusters) {
    const witness = declared?.witness
    if (witness === undefined || witness.enabled === false) continue
    const settings = resolveWitness(cluster, witness, context)
    const address = `${settings.host}:${settings.port}`
    const other = settings.port === 0 ? undefined : listening.get(address)
    if (other !== undefined) {
      const fault = `${address} is taken by the witness of ${other}, write another port`
      context.findings.problem(['clusters', cluster, 'witness', 'listen'], fault)
    }
    listening.set(address, cluster)
    witnesses.set(cluster, settings)
  }
  return witnesses
}

function resolveWitness(
  cluster: string,
  witness: Witness,
  { folder, findings }: WitnessContext,
): WitnessSettings {
  checkEndpoint(cluster, witness, findings)
  const { listen, tls } = witness
  const files = tls && {
    cert: resolve(folder, tls.cert),
    key: resolve(folder, tls.key),
    ca: resolve(folder, tls.ca),
  }
  for (const file of Object.values(files ?? {})) findings.dependsOn(file)
  return {
    cluster,
    host: listen?.host ?? '0.0.0.0',
    port: listen?.port ?? 9443,
    endpoint: endpointOf(witness),
    tls: files,
  }
}

function checkEndpoint(cluster: string, { url, service }: Witness, findings: Findings): void {
  const path = ['clusters', cluster, 'witness'] as const
  if (url !== undefined && service !== undefined) {
    findings.problem([...path, 'service'], 'url is given too, keep one of them')
  }
  if (url?.startsWith('https://') === false) {
    findings.problem([...path, 'url'], 'not https, which API servers ask for')
  }
}

function endpointOf({ url, service = {} }: Witness): WitnessSettings['endpoint'] {
  if (url !== undefined) return { kind: 'url', url }
  const { name = 'landfall-witness', namespace = ownNamespace, port = 443 } = service
  return { kind: 'service', namespace, name, port }
}
