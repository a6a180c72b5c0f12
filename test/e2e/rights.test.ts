import { t as file, test } from 'tap'
import { stringify } from 'yaml'
import type { AuditEvent } from '../support/audit-trail.ts'
import { useControlPlaneWith } from '../support/control-plane.ts'
import { exampleFiles } from '../support/example-files.ts'
import type { Files } from '../support/git-repository.ts'
import { configMapYaml } from '../support/manifests.ts'
import { type RightsSite, rightsSite } from '../support/rights-site.ts'
import { workload } from '../support/rollout.ts'
import { until } from '../support/until.ts'
import { watcherSteps } from '../support/watcher-steps.ts'

// Each right is taken away once: fifty syncs and more.
file.setTimeout(1_200_000)

type TestPod = Parameters<typeof workload>[1]

/** Three replicas of the revision: another one is another pod template, and a rollout. */
function web(revision: number, testPod?: TestPod, more: object = {}): Record<string, string> {
  const { spec, ...rest } = workload('Deployment', testPod, { replicas: 3, ...more })
  const text = stringify({ ...rest, spec }).replace('web:1', `web:${revision}`)
  return { 'app/web.yaml': text }
}

test('E2: with the rights of deploy/ and no others', { timeout: 1_200_000 }, async (t) => {
  // Where the API server lists by watches a watcher needs no `list`; elsewhere it does.
  await useControlPlaneWith(t, ['--feature-gates=WatchList=false'])
  const site = await rightsSite(t)
  const audit = await site.audit()
  await site.startWorker()
  const replicas = () => site.kubectl('get', 'deployment/web', '-o', 'jsonpath={.spec.replicas}')
  const files = await exampleFiles('task-agent/plain')

  await t.test('a push deploys, and its commit tells so', async (t) => {
    const sha = await site.push(site.receiver, { ...files, ...web(1) })

    t.match(await site.final(sha), { state: 'success', description: /^4 created/ })
  })

  await t.test('a changed, a new and a removed manifest are followed', async (t) => {
    const sha = await site.push(site.receiver, {
      'app/extra.yaml': configMapYaml('extra'),
      'app/configmap.yaml': null,
      'app/deployment.yaml': null,
      ...web(2),
    })

    t.match(await site.final(sha), {
      state: 'success',
      description: /^1 created, 1 configured, 2 pruned/,
    })
    t.equal(await replicas(), '3')
  })

  await t.test('drift of all four kinds is healed, and told by Events', async (t) => {
    await site.kubectl('scale', 'deployment/web', '--replicas=5')
    await site.kubectl('set', 'image', 'deployment/web', 'agent=other:1')
    await site.kubectl('set', 'env', 'deployment/web', 'DEBUG=true')
    await site.kubectl('delete', 'service/task-agent')
    const { drift, phase, id } = await site.sync()

    t.equal(phase, 'Succeeded')
    t.ok(drift.length >= 2 && drift.every(({ healed }) => healed))
    t.equal(await replicas(), '3')
    const template = await site.kubectl('get', 'deployment/web', '-o', 'jsonpath={..containers}')
    t.notMatch(template, /other:1|DEBUG/)
    await site.kubectl('get', 'service/task-agent')
    t.match(await events(site), id.slice(0, 16))
  })

  await t.test('what an autoscaler scales is left alone', async (t) => {
    await site.kubectl('autoscale', 'deployment/web', '--min=4', '--max=9')
    await until('it scales', async () => (await replicas()) === '4')

    t.match(await site.sync(), { phase: 'Succeeded', drift: [] })
    t.equal(await replicas(), '4')
    await site.kubectl('delete', 'hpa/web')
  })

  await t.test("a rollout that fails is told in the pod's own words", async (t) => {
    t.match((await site.sync(web(3, 'crash-loop'))).message, /CrashLoopBackOff/)
    t.match(await site.sync(web(3)), { phase: 'Succeeded' })
  })

  await t.test('the API server refuses nothing that is asked', async (t) => {
    const asked = await audit.events()

    t.ok(asked.length > 50, `${asked.length} requests`)
    t.strictSame(refusals(asked), [])
  })

  await t.test("each write on the application's objects is made as its account", async (t) => {
    const written = (await audit.events()).filter(
      ({ verb, objectRef }) =>
        objectRef?.namespace === site.namespace &&
        objectRef.resource !== 'events' &&
        !['get', 'list', 'watch'].includes(verb),
    )

    t.ok(written.length > 10, `${written.length} writes`)
    t.strictSame(
      [...new Set(written.map(({ impersonatedUser }) => impersonatedUser?.username))],
      [`system:serviceaccount:${site.namespace}:deployer`],
    )
  })

  const table = steps(site)
  t.strictSame(
    site.shipped.rights.map(({ title }) => title).toSorted(),
    Object.keys(table).toSorted(),
    'each right has its step, and each step its right',
  )
  for (const right of site.shipped.rights) {
    await t.test(`${right.title} is needed: without it a step fails, with it none`, async (t) => {
      const step = table[right.title]

      t.equal(await site.shipped.without(right, async () => step?.()), false)
      t.equal(await step?.(), true)
    })
  }
})

/** What needs each right of deploy/: whether it works. */
function steps(site: RightsSite): Readonly<Record<string, () => Promise<boolean>>> {
  let count = 0
  const next = () => {
    count += 1
    return count
  }
  const sync = async (files?: Files) => (await site.sync(files)).phase === 'Succeeded'
  const exists = async (name: string) =>
    (await site.kubectl('get', name, '--ignore-not-found', '-o', 'name')) !== ''
  const comesBack = async (name: string) => {
    await site.kubectl('delete', name, '--ignore-not-found')
    await site.sync()
    return exists(name)
  }
  const goes = async (name: string, yaml: string) => {
    await site.sync({ 'app/going.yaml': yaml })
    if (!(await exists(name))) throw new Error(`${name} was not made`)
    await site.sync({ 'app/going.yaml': null })
    return !(await exists(name))
  }
  const isTold = async () => {
    await site.kubectl('scale', 'deployment/web', '--replicas=5')
    const { id } = await site.sync()
    return (await events(site)).includes(id.slice(0, 16))
  }
  const changedDeployment = () => sync(web(next()))
  const tellsPods = async () => {
    const { message } = await site.sync(web(next(), 'crash-loop'))
    await site.sync(web(next()))
    return message.includes('CrashLoopBackOff')
  }
  const tellsLaterCrash = async () => {
    const trail = await site.audit()
    const image = `web:${next()}`
    const ended = site.sync(web(count, 'never-ready'))
    await until('the pods have been listed', async () =>
      (await trail.events()).some(
        ({ verb, objectRef }) => verb === 'list' && objectRef?.resource === 'pods',
      ),
    )
    await breakPod(site, image)
    const { message } = await ended
    await site.sync(web(next()))
    return message.includes('CrashLoopBackOff')
  }
  const asksNothingRefused = async () => {
    const trail = await site.audit()
    await changedDeployment()
    return refusals(await trail.events()).length === 0
  }
  const crashAsksNothingRefused = async () => {
    const trail = await site.audit()
    await tellsPods()
    const asked = await trail.events()
    if (!asked.some(({ objectRef }) => objectRef?.subresource === 'log')) {
      throw new Error('no log was asked for')
    }
    return refusals(asked).length === 0
  }
  const stuckAsksNothingRefused = async () => {
    const trail = await site.audit()
    await site.sync(web(next(), 'never-ready', { progressDeadlineSeconds: 1 }))
    const asked = await trail.events()
    await site.sync(web(next()))
    if (!asked.some(({ verb, objectRef }) => verb === 'list' && objectRef?.resource === 'events')) {
      throw new Error('no Events were asked for')
    }
    return refusals(asked).length === 0
  }
  const idle = (name: string) => {
    const { metadata, ...rest } = workload('Deployment', undefined, { replicas: 0 })
    return stringify({ ...rest, metadata: { ...metadata, name } })
  }
  const newConfigMap = (name = `new-${next()}`) =>
    sync({ [`app/${name}.yaml`]: configMapYaml(name) })
  const newDeployment = (name = `new-${next()}`) => sync({ [`app/${name}.yaml`]: idle(name) })
  const changedConfigMap = () =>
    sync({ 'app/extra.yaml': configMapYaml('extra', { a: `changed ${next()}` }) })

  return {
    ...watcherSteps(site, () => `new-${next()}`),
    'landfall-worker: get configmaps': sync,
    'landfall-worker: update configmaps': changedConfigMap,
    'landfall-worker: create configmaps': async () => {
      await site.forgetInventory()
      return sync()
    },
    'landfall: get serviceaccounts': sync,
    'landfall: impersonate serviceaccounts': sync,
    'landfall: list apps/deployments': changedDeployment,
    'landfall: watch apps/deployments': changedDeployment,
    'landfall: list apps/replicasets': tellsPods,
    'landfall: list pods': tellsPods,
    'landfall: watch pods': tellsLaterCrash,
    // No kubelet of the local stack has logs: what is seen is whether they may be asked for.
    'landfall: get pods/log': crashAsksNothingRefused,
    // Without it each changed object with replicas is read once more.
    'landfall: list autoscaling/horizontalpodautoscalers': asksNothingRefused,
    'landfall: list events.k8s.io/events': stuckAsksNothingRefused,
    'landfall: create events.k8s.io/events': isTold,
    'landfall: patch events.k8s.io/events': isTold,
    'deployer: get configmaps,services': () => comesBack('service/task-agent'),
    'deployer: list configmaps,services': sync,
    'deployer: create configmaps,services': newConfigMap,
    'deployer: patch configmaps,services': changedConfigMap,
    'deployer: delete configmaps,services': () => goes('configmap/going', configMapYaml('going')),
    'deployer: get apps/deployments': () => comesBack('deployment/web'),
    'deployer: list apps/deployments': sync,
    'deployer: create apps/deployments': newDeployment,
    'deployer: patch apps/deployments': changedDeployment,
    'deployer: delete apps/deployments': () => goes('deployment/going', idle('going')),
  }
}

async function events(site: RightsSite): Promise<string> {
  return site.kubectl('get', 'events.v1.events.k8s.io', '-o', 'name')
}

function refusals(asked: readonly AuditEvent[]): readonly string[] {
  return asked
    .filter(({ responseStatus }) => responseStatus?.code === 403)
    .map(({ verb, requestURI }) => `${verb} ${requestURI}`)
}

/** Has a pod with the image crash, after it began to run. */
async function breakPod(site: RightsSite, image: string): Promise<void> {
  const state = { waiting: { reason: 'CrashLoopBackOff', message: 'back-off' } }
  const status = { name: 'agent', image, imageID: '', ready: false, restartCount: 3, state }
  const patch = JSON.stringify({ status: { containerStatuses: [status] } })
  let name = ''
  await until('a pod of the new revision runs', async () => {
    const line = '{range .items[*]}{.metadata.name} {.status.phase} {..image}{"\\n"}{end}'
    const pods = await site.kubectl('get', 'pods', '-o', `jsonpath=${line}`)
    const running = pods.split('\n').find((pod) => pod.includes(' Running ') && pod.includes(image))
    name = running?.split(' ')[0] ?? ''
    return name !== ''
  })
  await site.kubectl('patch', 'pod', name, '--subresource=status', '--type=merge', '-p', patch)
}
