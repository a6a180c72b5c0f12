import { appendFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'tap'
import type { AuditEvent } from '../support/audit-trail.ts'
import { controlPlane } from '../support/control-plane.ts'
import { startInstance } from '../support/instance.ts'
import { testRedis } from '../support/redis.ts'
import { copyDeploy, shippedObjects, withToken } from '../support/shipped-deploy.ts'
import { until } from '../support/until.ts'
import { witnessSite } from '../support/witness-site.ts'

const home = 'landfall-system'
const account = `system:serviceaccount:${home}:landfall-witness`
const kinds = ['ServiceAccount', 'Role', 'RoleBinding', 'ClusterRole', 'ClusterRoleBinding']

interface Rule {
  readonly apiGroups: readonly string[]
  readonly resources: readonly string[]
  readonly verbs: readonly string[]
}

test('a witness with the rights of deploy/witness and no others', async (t) => {
  const plane = await controlPlane()
  const folder = await copyDeploy(t)
  await appendFile(join(folder, 'kustomization.yaml'), 'components: [witness]\n')
  const redis = await testRedis(t)
  const one = await witnessSite(t, {
    keys: { handEdits: 'deny' },
    file: { redis: { url: redis.url } },
    start: [['--role=receiver'], ['--role=worker'], ['--role=watcher']],
    witnessLater: true,
  })
  const { site, as, who } = one
  const objects = (await shippedObjects(folder))
    .filter(({ kind }) => kinds.includes(kind))
    .filter((object) => JSON.stringify(object).includes('witness'))
    .map((object) =>
      JSON.parse(
        JSON.stringify(object).replaceAll('"namespace":"task-agent"', `"namespace":"${site.name}"`),
      ),
    )
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects })
  t.teardown(() => plane.kubectl(['delete', '-f', '-'], list))
  await plane.kubectl(['apply', '-f', '-'], list)
  const audit = await plane.audit()
  const args = ['create', 'token', 'landfall-witness', `--namespace=${home}`, '--duration=1h']
  const token = (await plane.kubectl(args)).trim()
  const kubeconfig = await withToken(plane.kubeconfig, token, join(folder, 'kubeconfig'))
  const config = JSON.parse(await readFile(site.config, 'utf8'))
  config.clusters.test.kubeconfig = kubeconfig
  await writeFile(join(folder, 'landfall.yaml'), JSON.stringify(config))
  const witness = await startInstance({
    config: join(folder, 'landfall.yaml'),
    env: {},
    args: ['--role=witness', '--listen=127.0.0.1:0'],
  })
  t.teardown(() => witness.kill('SIGKILL'))
  await until('it listens', async () => witness.output().includes('witnessing'))

  await t.test('refuses, records and knows whose a pod is', async (t) => {
    const ann = 'ann@example.com'
    const refused = await as(ann, 'scale', 'deployment/task-agent', '--replicas=5')
    t.match(refused, { code: 1, stderr: /denied the request/ })
    await site.landfall('pause', site.name)
    t.match(await as(ann, 'scale', 'deployment/task-agent', '--replicas=5'), { code: 0 })
    t.match(await as(ann, 'delete', 'service/task-agent'), { code: 0 })
    const pod = await site.kubectl('get', 'pods', '-o', 'jsonpath={.items[0].metadata.name}')
    await as(ann, 'exec', pod, '--', 'sh')
    await until('the shell is told', async () => (await who(`pod/${pod}`)).length === 1)
    t.match(await who(`pod/${pod}`), [{ user: ann, verb: 'exec' }])
  })

  const asked = async () =>
    (await audit.events()).filter(({ user }: AuditEvent) => user.username === account)

  await t.test('is refused nothing that it asks', async (t) => {
    await until('it has confirmed the writes', async () =>
      (await asked()).some(({ objectRef }) => objectRef?.resource === 'services'),
    )
    const refused = (await asked()).filter(({ responseStatus }) => responseStatus?.code === 403)
    t.strictSame(
      refused.map(({ verb, requestURI }) => `${verb} ${requestURI}`),
      [],
    )
  })

  await t.test('asks nothing but what it was granted', async (t) => {
    const rules = objects
      .filter(({ kind, metadata }) => kind.endsWith('Role') && metadata.name !== 'touched-pods')
      .flatMap(({ rules: granted }: { rules: readonly Rule[] }) => granted)
    const isGranted = ({ verb, objectRef }: AuditEvent) =>
      rules.some(
        (rule) =>
          rule.verbs.includes(verb) &&
          rule.apiGroups.includes(objectRef?.apiGroup ?? '') &&
          rule.resources.includes(objectRef?.resource ?? ''),
      )
    const other = (await asked())
      .filter(({ objectRef }) => objectRef !== undefined)
      .filter((event) => !isGranted(event))
      .map(({ verb, objectRef }) => `${verb} ${objectRef?.resource}`)
    // Everybody may ask who they are.
    t.strictSame(
      [...new Set(other)].filter((one) => one !== 'create selfsubjectreviews'),
      [],
    )
  })
})
