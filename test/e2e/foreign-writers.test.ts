import { readFile } from 'node:fs/promises'
import { t as file, test } from 'tap'
import type { Drift } from '../../src/domain/drift.ts'
import { findControlPlaneTools } from '../../src/local/stack-tools.ts'
import { controlPlane } from '../support/control-plane.ts'
import { exampleFiles } from '../support/example-files.ts'
import { type ForeignWriter, foreignWriters } from '../support/foreign-writers.ts'
import { configMapFiles } from '../support/manifests.ts'
import { runTool } from '../support/run-tool.ts'
import { type Site, testSite } from '../support/site.ts'
import { until } from '../support/until.ts'

file.setTimeout(300_000)

const page = 'docs/foreign-writers.md'
const whole = ['deployment/task-agent', 'service/task-agent', 'cm/c0'] as const

test('the page on who changes a cluster says what happens', async (t) => {
  const site = await testSite(t)
  const instance = await site.start()
  const files = await exampleFiles('task-agent/plain')
  await site.final(await site.push(instance, { ...files, ...configMapFiles(1) }))
  const rows: string[] = []
  for (const writer of foreignWriters) {
    await t.test(writer.title, async (t) => {
      const row = await play(site, writer)
      t.comment(row)
      rows.push(row)
      t.ok((await readFile(page, 'utf8')).split('\n').includes(row), 'its row stands there')
    })
  }
})

async function play(site: Site, writer: ForeignWriter): Promise<string> {
  const { title, left, calls } = writer
  const before = await specs(site)
  const replicaSet = await newestReplicaSet(site)
  let drift: readonly Drift[] = []
  for (const call of calls) {
    const known = new Set((await site.syncs()).map(({ id }) => id))
    // The newest comes first.
    const found = async () =>
      (await site.syncs()).find(({ id, drift }) => !known.has(id) && drift.length > 0)?.drift ?? []
    await act(site, writer, call)
    if (left === undefined) {
      await until('it is as before', async () => (await specs(site)) === before)
      await until('it is told', async () => (await found()).length > 0)
    } else await staysSo(site, left)
    drift = await found()
  }
  const done = left === undefined ? 'healed' : 'left alone'
  return `| ${[title, knew(drift), done, await pods(site, replicaSet)].join(' | ')} |`
}

async function act(
  site: Site,
  { input, edit }: ForeignWriter,
  call: readonly string[],
): Promise<void> {
  if (edit !== undefined) await editWith(site, edit)
  else await (await controlPlane()).kubectl(['--namespace', site.name, ...call], input)
}

/** As a person does in an editor. */
async function editWith(site: Site, script: string): Promise<void> {
  const plane = await controlPlane()
  const env = {
    PATH: process.env['PATH'] ?? '',
    KUBECONFIG: plane.kubeconfig,
    HOME: site.dir,
    KUBE_EDITOR: `sed -i -e '${script}'`,
  }
  const { kubectl } = await findControlPlaneTools(process.env)
  const argv = [kubectl, '--namespace', site.name, 'edit', 'deployment/task-agent'] as const
  const { code, output } = await runTool('.', argv, env)
  if (code !== 0) throw new Error(output)
}

/** All that Git declares, and all that was added to it; not what the server keeps for itself. */
async function specs(site: Site): Promise<string> {
  const objects = await Promise.all(
    whole.map(async (name) => {
      const text = await site.kubectl('get', name, '--ignore-not-found', '-o', 'json')
      if (text === '') return 'gone'
      const { metadata, spec, data } = JSON.parse(text)
      const { [revision]: _, [lastApplied]: __, ...annotations } = metadata.annotations ?? {}
      delete spec?.template?.metadata?.annotations
      const { clusterIP: _ip, clusterIPs: _ips, ...rest } = spec ?? {}
      return { name, labels: metadata.labels, annotations, rest, data }
    }),
  )
  return JSON.stringify(objects)
}

const revision = 'deployment.kubernetes.io/revision'
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration'

/** Still so after a sync that looks at everything. */
async function staysSo(site: Site, { jsonpath, is }: { jsonpath: string; is: string }) {
  const look = () => site.kubectl('get', 'deployment/task-agent', '-o', `jsonpath=${jsonpath}`)
  await until('it is done', async () => (await look()).includes(is))
  const { code, stderr } = await site.landfall('sync', site.name, '--wait')
  if (code !== 0) throw new Error(stderr)
  if (!(await look()).includes(is)) throw new Error(`it was undone: ${await look()}`)
}

function knew(drift: readonly Drift[]): string {
  if (drift.length === 0) return 'nothing to heal'
  const verbs = { declared: 'changed', extra: 'added', missing: 'deleted', touched: 'touched' }
  const done = [...new Set(drift.map(({ type }) => verbs[type]))].join(' and ')
  const who = drift.find(({ offender }) => offender !== null)?.offender?.manager
  return `${done}${who === undefined ? '' : ` by \`${who}\``}`
}

async function newestReplicaSet(site: Site): Promise<string> {
  const text = await site.kubectl('get', 'replicasets', '-o', 'json')
  const items: { metadata: { name: string; annotations: Record<string, string> } }[] =
    JSON.parse(text).items
  const of = (item: (typeof items)[number]) => Number(item.metadata.annotations[revision])
  const newest = items.toSorted((a, b) => of(b) - of(a))[0]
  return newest === undefined ? '' : `${newest.metadata.name} ${of(newest)}`
}

/** Of a change that is undone at once, the pods of its ReplicaSet hardly begin. */
async function pods(site: Site, before: string): Promise<string> {
  const after = await newestReplicaSet(site)
  const [nameBefore] = before.split(' ')
  const [nameAfter] = after.split(' ')
  if (before === after) return 'untouched'
  return nameBefore === nameAfter
    ? 'rolled by the change, and back by the heal'
    : 'rolled once, by the change'
}
