import { readFile } from 'node:fs/promises'
import { t as file, test } from 'tap'
import type { Drift } from '../../src/domain/drift.ts'
import { makeAuthority } from '../../src/engine/witness/certificates.ts'
import { findControlPlaneTools } from '../../src/local/stack-tools.ts'
import type { AuditEvent } from '../support/audit-trail.ts'
import { controlPlane } from '../support/control-plane.ts'
import { exampleFiles } from '../support/example-files.ts'
import {
  type ForeignWriter,
  foreignWriters,
  type Left,
  webhookOf,
} from '../support/foreign-writers.ts'
import { configMapFiles } from '../support/manifests.ts'
import { startMutatingWebhook } from '../support/mutating-webhook.ts'
import { runTool } from '../support/run-tool.ts'
import { type Site, testSite } from '../support/site.ts'
import { until } from '../support/until.ts'
import { type WitnessSite, witnessSite } from '../support/witness-site.ts'

file.setTimeout(600_000)

const page = 'docs/foreign-writers.md'
// A read, a dry-run where heals are frequent, a guarded write; again where a controller wrote
// meanwhile, five times at most.
const mostRequests = 12
const whole = ['deployment/task-agent', 'service/task-agent', 'cm/c0'] as const

test('the page on who changes a cluster says what happens', async (t) => {
  const ca = Buffer.from((await makeAuthority(Date.now())).cert).toString('base64')
  const without = await testSite(t, { defaults: allow })
  const instance = await without.start()
  await without.final(await without.push(instance, await filesOf(without)))
  const withWitness = await witnessSite(t, { keys: allow })
  const { site } = withWitness
  await site.final(await site.push(withWitness.instance, await filesOf(site)))
  const { configuration } = await startMutatingWebhook(t)
  const writersOf = ({ name: namespace }: Site) =>
    foreignWriters({ namespace, ca, webhook: configuration(namespace) })
  const writers = writersOf(without)
  const witnessed = writersOf(site)
  for (const [index, writer] of writers.entries()) {
    await t.test(writer.title, async (t) => {
      const { knew, did, pods } = await play(without, writer, async (call, input) => {
        await attempt(without, writer, { as: [], call, input })
      })
      const told = await playWitnessed(withWitness, witnessed[index] ?? writer)
      const row = `| ${[writer.title, knew, told.knew, told.saw, did, pods].join(' | ')} |`
      t.comment(row)
      t.ok((await readFile(page, 'utf8')).split('\n').includes(row), 'its row stands there')
    })
  }
})

const allow = {
  allow: { clusterKinds: ['ValidatingWebhookConfiguration.admissionregistration.k8s.io'] },
}

async function filesOf(site: Site): Promise<Record<string, string>> {
  const files = await exampleFiles('task-agent/plain')
  const webhook = JSON.stringify(webhookOf(site.name))
  return { ...files, ...configMapFiles(1), 'app/webhook.yaml': webhook }
}

/** Runs one call of a writer. */
type Act = (call: readonly string[], input: string | undefined) => Promise<void>

interface Row {
  readonly knew: string
  readonly did: string
  readonly pods: string
}

async function play(site: Site, writer: ForeignWriter, act: Act): Promise<Row> {
  const { left, calls, input, before: ready, after = [] } = writer
  const before = await specs(site)
  const replicaSet = await newestReplicaSet(site)
  let drift: readonly Drift[] = []
  let requests = 0
  for (const call of calls) {
    const known = new Set((await site.syncs()).map(({ id }) => id))
    // The newest comes first.
    const found = async () =>
      (await site.syncs()).find(({ id, drift }) => !known.has(id) && drift.length > 0)?.drift ?? []
    if (call === calls.at(-1) && ready !== undefined) {
      await until('it has taken effect', async () =>
        (await site.kubectl(...ready.call)).includes(ready.says),
      )
    }
    const trail = await (await controlPlane()).audit()
    await act(call, input)
    if (left === undefined) {
      await until('it is as before', async () => (await specs(site)) === before)
      await until('it is told', async () => (await found()).length > 0)
      requests = requestsOf(await trail.events(), site, await found())
      if (requests > mostRequests) throw new Error(`healed by ${requests} requests`)
    } else if (call === calls.at(-1)) await staysSo(site, left)
    drift = await found()
  }
  const plane = await controlPlane()
  for (const call of after) await plane.kubectl(call)
  const did = drift.some((one) => one.healed) ? 'healed' : 'left alone'
  return { knew: knew(drift), did, pods: await pods(site, replicaSet) }
}

/** What the person saw, and what the witness added. */
async function playWitnessed(
  { site, who }: WitnessSite,
  writer: ForeignWriter,
): Promise<{ readonly saw: string; readonly knew: string }> {
  const user = writer.user ?? 'ann@example.com'
  const seen: string[] = []
  const since = new Date().toISOString()
  await play(site, writer, async (call, input) => {
    const as = [`--as=${user}`, '--as-group=system:masters']
    seen.push(await attempt(site, writer, { as, call, input }))
  })
  const objects = ['deploy/task-agent', 'service/task-agent', 'cm/c0']
  const records = (await Promise.all(objects.map(who))).flat().filter(({ at }) => at >= since)
  const mine = records.filter((record) => record.user === user)
  const verbs = [...new Set(mine.map(({ verb }) => verb))].join(', ')
  const kind = writer.user === undefined ? 'ann' : 'its account'
  return {
    saw: seen.some((text) => text.includes('managed by Landfall')) ? 'the warning' : 'nothing',
    knew: mine.length === 0 ? 'nothing more' : `${verbs} by ${kind}`,
  }
}

/** How often the API server was asked about the objects that drifted. */
function requestsOf(events: readonly AuditEvent[], site: Site, drift: readonly Drift[]): number {
  const names = new Set(drift.map(({ ref }) => ref.name))
  return events.filter(
    ({ userAgent = '', objectRef }) =>
      userAgent.startsWith('landfall/') &&
      objectRef?.namespace === site.name &&
      names.has(objectRef.name ?? '') &&
      objectRef.resource !== 'events',
  ).length
}

interface Call {
  /** Options of kubectl that say who it is. */
  readonly as: readonly string[]
  readonly call: readonly string[]
  readonly input: string | undefined
}

/** What the person saw. */
async function attempt(
  site: Site,
  { edit, fails }: ForeignWriter,
  { as, call, input }: Call,
): Promise<string> {
  const plane = await controlPlane()
  const where = [...as, '--namespace', site.name]
  if (edit !== undefined) return editWith(site, edit, where)
  const done = await plane.attempt([...where, ...call], input)
  if (done.code !== 0 && fails !== true) throw new Error(done.stderr)
  return done.stderr
}

/** As a person does in an editor. */
async function editWith(site: Site, script: string, where: readonly string[]): Promise<string> {
  const plane = await controlPlane()
  const env = {
    PATH: process.env['PATH'] ?? '',
    KUBECONFIG: plane.kubeconfig,
    HOME: site.dir,
    KUBE_EDITOR: `sed -i -e '${script}'`,
  }
  const { kubectl } = await findControlPlaneTools(process.env)
  const argv = [kubectl, ...where, 'edit', 'deployment/task-agent'] as const
  const { code, output } = await runTool('.', argv, env)
  if (code !== 0) throw new Error(output)
  return output
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
async function staysSo(site: Site, { object = 'deployment/task-agent', jsonpath, is }: Left) {
  const look = () => site.kubectl('get', object, '-o', `jsonpath=${jsonpath}`)
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
