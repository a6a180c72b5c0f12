import { test } from 'tap'
import { exampleFiles } from '../support/example-files.ts'
import { until } from '../support/until.ts'
import { type WitnessSite, witnessSite } from '../support/witness-site.ts'

const ann = 'ann@example.com'
const selector = '--selector=app.kubernetes.io/name=task-agent'

/** Running and not on their way out. */
async function pods({ site }: WitnessSite): Promise<readonly string[]> {
  const text = await site.kubectl('get', 'pods', selector, '--output=json')
  const { items } = JSON.parse(text) as {
    items: readonly {
      metadata: { name: string; deletionTimestamp?: string }
      status: { phase: string }
    }[]
  }
  return items
    .filter(({ metadata, status }) => status.phase === 'Running' && !metadata.deletionTimestamp)
    .map(({ metadata }) => metadata.name)
    .toSorted()
}

const touchedOf = async ({ site }: WitnessSite) =>
  (await site.application()).drift.filter(({ type }) => type === 'touched')

test('a shell in a pod of an application', async (t) => {
  const one = await witnessSite(t, {
    keys: { handEditExemptions: { users: ['system:serviceaccount:velero:*'] } },
  })
  const { site, as, who } = one
  const [first = '', second = '', third = ''] = await pods(one)

  await t.test('is recorded once, with user and command line, and no argument', async (t) => {
    await as(ann, 'exec', first, '--', 'mysql', '--user=root', '-pcanary-4711', 'shop')
    await until('it is told', async () => (await who(`pod/${first}`)).length > 0)
    const records = await who('deploy/task-agent')

    t.match(records, [
      {
        user: ann,
        verb: 'exec',
        pod: { name: first, command: 'mysql --user=… … …' },
        ref: { kind: 'Deployment', name: 'task-agent' },
      },
    ])
    t.equal(records.length, 1, 'although kubectl asked by two protocols')
    t.notMatch(JSON.stringify(records), /canary/)
  })

  await t.test('marks the pod as touched, in status too', async (t) => {
    t.match(await touchedOf(one), [{ kind: 'Pod', name: first, offender: { user: ann } }])
    const status = await site.landfall('status', site.name)
    t.match(status.stdout, new RegExp(`Pod ${site.name}/${first}: touched by ${ann} \\(exec`))
    t.match((await site.application()).syncStatus, 'Synced')
  })

  await t.test('counts when it is attached, debugged or edited, too', async (t) => {
    await as('bob@example.com', 'attach', first)
    await as('bob@example.com', 'debug', second, '--image=busybox:1', '--', 'sh')
    await as('bob@example.com', 'label', 'pod', third, 'debug=1')
    await until('all is told', async () => (await who('deploy/task-agent')).length === 4)
    const records = await who('deploy/task-agent')

    t.strictSame(records.map(({ verb, user }) => `${verb} ${user}`).toSorted(), [
      'attach bob@example.com',
      'debug bob@example.com',
      'edit-pod bob@example.com',
      `exec ${ann}`,
    ])
    t.match((await touchedOf(one)).length, 3)
    t.match(records.find(({ verb }) => verb === 'debug')?.pod, {
      container: /^debugger-/,
      image: 'busybox:1',
      command: 'sh',
    })
    const { stdout } = await site.landfall('who', `pod/${second}`)
    const told = /debug.* in pod \S+, container debugger-\w+ \(busybox:1\): sh;/
    t.match(stdout, told)
    t.match((await site.landfall('history', site.name)).stdout, told)
  })

  await t.test('by who is exempt is recorded with the reason, and no touch', async (t) => {
    const velero = 'system:serviceaccount:velero:velero'
    await as(velero, 'exec', first, '--', 'fsfreeze', '--freeze', '/data')
    await until('it is told', async () =>
      (await who(`pod/${first}`)).some(({ user }) => user === velero),
    )
    const [record] = await who(`pod/${first}`)
    t.match(record, { user: velero, exemption: `the user ${velero} is exempt`, isDrift: false })
    t.equal((await touchedOf(one)).length, 3)
  })

  await t.test('what controllers do to pods is no touch', async (t) => {
    const [pod = ''] = await pods(one)
    const controller = 'system:serviceaccount:ops:mesh'
    const args = ['label', 'pod', pod, 'mesh=1', '--field-manager=mesh']
    t.match(await as(controller, ...args), { code: 0 })
    // Another one after it is told, and it is not.
    await as('cy@example.com', 'label', 'pod', pod, 'debug=2')
    await until('the later one is told', async () =>
      (await who(`pod/${pod}`)).some(({ user }) => user === 'cy@example.com'),
    )
    t.notOk((await who(`pod/${pod}`)).some(({ user }) => user === controller))
  })

  await t.test('a touched pod that is gone is forgotten, and its record says so', async (t) => {
    await site.kubectl('delete', 'pod', first, '--wait=true')
    await until(
      'it is forgotten',
      async () => !(await touchedOf(one)).some(({ name }) => name === first),
      90_000,
    )
    const records = await who(`pod/${first}`)
    t.ok(records.every(({ heal, exemption }) => (heal === undefined) === (exemption !== undefined)))
  })
})

test('touchedPods: replace', async (t) => {
  const one = await witnessSite(t, {
    keys: { touchedPods: 'replace', replaceAfter: '2s' },
  })
  const { site, as, who, instance } = one

  await t.test('a touched pod is evicted and replaced, one at a time', async (t) => {
    const before = await pods(one)
    for (const pod of before.slice(0, 2)) await as(ann, 'exec', pod, '--', 'sh')
    await until('both are touched', async () => (await touchedOf(one)).length === 2)
    await until('none is touched any more', async () => (await touchedOf(one)).length === 0)
    await until('there are three again', async () => (await pods(one)).length === 3)
    const after = await pods(one)

    t.notOk(before.slice(0, 2).some((pod) => after.includes(pod)))
    t.ok(after.includes(before[2] ?? ''), 'the untouched one stays')
    for (const pod of before.slice(0, 2)) {
      const [record] = await who(`pod/${pod}`)
      t.type(record?.heal?.at, 'string')
    }
    const evicted = instance.output().match(/touched pod evicted/g)
    t.equal(evicted?.length, 2)
  })

  await t.test('a disruption budget is respected', async (t) => {
    const files = await exampleFiles('task-agent/plain')
    const budget = {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'task-agent' },
      spec: {
        maxUnavailable: 0,
        selector: { matchLabels: { 'app.kubernetes.io/name': 'task-agent' } },
      },
    }
    const sha = await site.push(instance, {
      ...files,
      'app/pdb.yaml': JSON.stringify(budget),
      'app/bare.yaml': JSON.stringify(bare),
    })
    t.match(await site.final(sha), { state: 'success' })
    const [pod = ''] = await pods(one)
    await as(ann, 'exec', pod, '--', 'sh')
    await until('it waits', async () =>
      instance.output().includes('touched pod waits for its disruption budget'),
    )

    t.ok((await pods(one)).includes(pod))
  })

  await t.test('a pod that Git declares is evicted and comes back by a heal', async (t) => {
    const uid = async () =>
      site.kubectl('get', 'pod', 'bare', '--ignore-not-found', '--output=jsonpath={.metadata.uid}')
    const before = await uid()
    await as(ann, 'exec', 'bare', '--', 'sh')
    await until('it is another one', async () => ![before, ''].includes(await uid()), 60_000)

    const shells = (await who('pod/bare')).filter(({ user }) => user === ann)
    t.match(shells, [{ verb: 'exec', ref: { kind: 'Pod' }, pod: { name: 'bare' } }])
    // The held one was touched before it, and still is.
    await until('it is forgotten', async () => (await touchedOf(one)).length === 1)
    t.match(await touchedOf(one), [{ name: /^task-agent-/ }])
  })
})

const bare = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'bare' },
  spec: { containers: [{ name: 'main', image: 'busybox:1' }] },
}
