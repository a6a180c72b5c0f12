import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Test } from 'tap'
import { aChartRegistry, type RegistryOptions } from './chart-registry.ts'
import { aPackagedChart } from './chart-repository.ts'
import { runHelm } from './run-helm.ts'

/** A registry with the chart `db`, pushed by helm. */
export async function aFilledRegistry(t: Test, options: RegistryOptions = {}, version = '1.0.0') {
  const registry = await aChartRegistry(t, options)
  const dir = await aPackagedChart(t, version)
  const archive = await readFile(join(dir, `db-${version}.tgz`))
  const target = `oci://${registry.host}/acme/charts`
  await runHelm(['push', join(dir, `db-${version}.tgz`), target, '--plain-http'])
  registry.guard()
  const layer = [...registry.blobs].find(([, content]) => content.equals(archive))
  const sha256 = layer?.[0].slice('sha256:'.length) ?? ''
  const chart = { repository: target, name: 'db', version, sha256 }
  return { ...registry, dir, archive, chart, url: `oci+http://${registry.host}` }
}
