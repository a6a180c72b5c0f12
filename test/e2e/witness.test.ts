import { test } from 'tap'
import { until } from '../support/until.ts'
import { witnessSite } from '../support/witness-site.ts'

const ann = 'ann@example.com'
const deployment = 'deployment/task-agent'

test('who changes by hand what Git declares is told so at once', async (t) => {
  const { site, as, who } = await witnessSite(t)
  const doings = [
    { object: deployment, does: ['scale', deployment, '--replicas=5'], verb: 'scale' },
    {
      object: deployment,
      does: ['set', 'image', deployment, 'agent=other:1'],
      verb: 'update',
      manager: 'kubectl-set',
    },
    {
      object: deployment,
      does: ['set', 'env', deployment, 'DEBUG=1'],
      verb: 'update',
      manager: 'kubectl-set',
    },
    {
      object: deployment,
      does: ['label', deployment, 'app.kubernetes.io/name-'],
      verb: 'update',
      manager: 'kubectl-label',
    },
    {
      object: deployment,
      does: ['label', deployment, 'applyset.kubernetes.io/part-of-'],
      verb: 'update',
      manager: 'kubectl-label',
    },
    { object: 'service/task-agent', does: ['delete', 'service/task-agent'], verb: 'delete' },
  ]
  let heals = 0
  for (const { object, does, verb, manager } of doings) {
    const doing = `kubectl ${does.join(' ')}`
    const file = object === deployment ? 'deployment' : 'service'
    const managed = `managed by Landfall from acme/deploy app/${file}.yaml:1`
    const link = `${site.git.url}/acme/deploy/blob/main/app/${file}.yaml#L1`

    await t.test(`${doing}: the person reads it before kubectl's own line`, async (t) => {
      const { code, stderr } = await as(ann, ...does)

      t.equal(code, 0)
      t.equal(
        stderr,
        `Warning: ${managed}; this will be undone; edit it there, or \`landfall pause ${site.name}\`\n` +
          `Warning: ${link}\n`,
      )
    })

    await t.test(`${doing}: it is undone, and the heal knows the person`, async (t) => {
      heals += 1
      const drift = async () => (await site.syncs()).flatMap((sync) => sync.drift)
      await until('it is healed', async () => (await drift()).length >= heals)
      const [newest] = await site.syncs()
      const [record] = await who(object)

      t.match(newest?.drift, [
        { healed: true, offender: { user: ann, groups: ['on-call'], witnessed: record?.id } },
      ])
      t.match(newest?.drift[0]?.message, new RegExp(`by ${ann}`))
      t.match(record, { user: ann, verb, manager, outcome: 'allowed', isDrift: true })
      await until('the record points to the heal', async () => {
        const [told] = await who(object)
        return told?.heal?.sync === newest?.id
      })
    })
  }

  await t.test('each change has one record, and nothing of Landfall has any', async (t) => {
    const records = [...(await who(deployment)), ...(await who('svc/task-agent'))]

    t.strictSame(
      records.filter(({ isDrift }) => isDrift).map(({ user }) => user),
      doings.map(() => ann),
    )
    t.strictSame(
      records.filter(({ manager }) => manager === 'landfall'),
      [],
    )
  })

  await t.test('a record tells the fields before and after', async (t) => {
    const records = await who('deploy/task-agent')
    const image = records.find(({ fields }) => fields.some(({ path }) => path.endsWith('/image')))

    t.match(image?.fields, [
      {
        path: '/spec/template/spec/containers/0/image',
        before: 'myregistry.azurecr.io/task-agent:sha-abc123',
        after: 'other:1',
      },
    ])
  })

  await t.test('landfall who and history say it to people', async (t) => {
    const told = await site.landfall('who', 'deploy/task-agent')
    t.match(told.stdout, /ann@example\.com {2}undone at .* by sync [0-9a-f]{8}\n {2}update with/)
    t.match(told.stdout, /image: "myregistry\.azurecr\.io\/task-agent:sha-abc123" → "other:1"/)

    const history = await site.landfall('history', site.name)
    t.match(history.stdout, /Service .*: deleted by ann@example\.com at .*; healed/)
    t.match(history.stdout, /changed by ann@example\.com with kubectl-set at/)
  })

  await t.test('a dry-run leaves no record, and warns nobody', async (t) => {
    const before = await who(deployment)
    const { stderr } = await as(ann, 'scale', deployment, '--replicas=9', '--dry-run=server')

    t.equal(stderr, '')
    t.strictSame(await who(deployment), before)
  })
})

test('what nobody has to hear of', async (t) => {
  const { site, as, who } = await witnessSite(t, { keys: { handEdits: 'deny' } })
  const autoscaler = 'system:serviceaccount:kube-system:horizontal-pod-autoscaler'
  const controller = 'system:serviceaccount:ops:rollout-helper'
  const patch = (value: unknown) => JSON.stringify(value)
  const quiet = [
    {
      title: 'an autoscaler that scales',
      user: autoscaler,
      does: ['scale', deployment, '--replicas=4'],
    },
    {
      title: 'a controller that writes a field of its own',
      user: controller,
      does: ['annotate', deployment, 'helper.example.com/seen=1', '--field-manager=rollout-helper'],
    },
    {
      title: 'a status',
      user: controller,
      does: [
        'patch',
        deployment,
        '--subresource=status',
        '--type=merge',
        `-p=${patch({ status: { observedGeneration: 1 } })}`,
      ],
    },
    {
      title: 'a garbage collector that deletes',
      user: 'system:serviceaccount:kube-system:generic-garbage-collector',
      does: ['delete', 'service/task-agent'],
    },
  ]
  for (const { title, user, does } of quiet) {
    await t.test(`${title} is neither warned nor refused`, async (t) => {
      t.match(await as(user, ...does), { code: 0, stderr: '' })
    })
  }

  await t.test('what it changed is on record nevertheless', async (t) => {
    await until('it is told', async () =>
      (await who(deployment)).some(({ user }) => user === controller),
    )
    const records = await who(deployment)

    t.match(
      records.filter(({ user }) => user === controller),
      [{ isDrift: false, fields: [{ path: '/metadata/annotations/helper.example.com~1seen' }] }],
    )
    const [deleted] = await who('service/task-agent')
    t.match(deleted, { verb: 'delete', isDrift: true })
    await until('the Service is made again', async () => {
      const names = await site.kubectl('get', 'service', '-o', 'name')
      return names.includes('task-agent')
    })
  })
})

test('handEdits: deny', async (t) => {
  const { site, as, who } = await witnessSite(t, {
    keys: {
      handEdits: 'deny',
      handEditExemptions: { users: ['root@*'], groups: ['firefighters'] },
    },
  })
  const replicas = () => site.kubectl('get', deployment, '-o', 'jsonpath={.spec.replicas}')

  await t.test('a person is refused with the same words, and nothing changes', async (t) => {
    for (const does of [
      ['scale', deployment, '--replicas=5'],
      ['set', 'image', deployment, 'agent=other:1'],
      ['set', 'env', deployment, 'DEBUG=1'],
      ['delete', deployment],
    ]) {
      const { code, stderr } = await as(ann, ...does)

      t.not(code, 0, does.join(' '))
      t.match(
        stderr,
        new RegExp(
          'admission webhook ".*\\.witness\\.landfall\\.dev" denied the request: managed by Landfall ' +
            'from acme/deploy app/deployment\\.yaml:1; changes by hand are refused; edit it there, or ' +
            `\`landfall pause ${site.name}\`; in an emergency, say why in its annotation landfall.dev/emergency`,
        ),
      )
    }
    t.equal(await replicas(), '3')
    t.match(await who(deployment), [{ outcome: 'denied', user: ann, verb: 'delete' }, {}, {}, {}])
    t.match((await site.landfall('who', deployment)).stdout, /ann@example\.com {2}refused/)
  })

  await t.test('a user or group that is exempt is warned, and recorded as that', async (t) => {
    const user = await as('root@example.com', 'set', 'env', deployment, 'A=1')
    t.match(user, { code: 0, stderr: /^Warning: managed by Landfall/ })
    t.match((await who(deployment))[0], { exemption: 'the user root@example.com is exempt' })

    const group = await as(ann, '--as-group=firefighters', 'set', 'env', deployment, 'B=1')
    t.match(group, { code: 0 })
    t.match((await who(deployment))[0], { exemption: 'the group firefighters is exempt' })
  })

  await t.test('an emergency is let through, and recorded with its reason', async (t) => {
    const annotations = { 'landfall.dev/emergency': 'INC-7: the node pool is full' }
    const change = JSON.stringify({ metadata: { annotations }, spec: { replicas: 1 } })
    const { code } = await as(ann, 'patch', deployment, '--type=merge', `-p=${change}`)

    t.equal(code, 0)
    t.match((await who(deployment))[0], { exemption: 'emergency: INC-7: the node pool is full' })
    await until('it is undone', async () => (await replicas()) === '3')
  })

  await t.test(
    'an emergency that is written on the object lets all through, and stays',
    async (t) => {
      const annotate = ['annotate', 'service/task-agent', 'landfall.dev/emergency=INC-8']
      t.match(await as(ann, ...annotate), { code: 0 })
      t.match(await as(ann, 'label', 'service/task-agent', 'team=blue'), { code: 0 })
      await until('the label is taken off', async () => {
        const labels = ['get', 'service/task-agent', '-o', 'jsonpath={.metadata.labels}']
        return !(await site.kubectl(...labels)).includes('blue')
      })
      t.match(await as(ann, 'delete', 'service/task-agent'), { code: 0 })
      t.match((await who('service/task-agent'))[0], {
        verb: 'delete',
        exemption: 'emergency: INC-8',
      })
    },
  )

  await t.test('while the application is paused, hands are free', async (t) => {
    t.match(await site.landfall('pause', site.name), { code: 0 })
    const { code, stderr } = await as(ann, 'scale', deployment, '--replicas=7')

    t.equal(code, 0)
    t.match(stderr, /is paused by local socket: this is undone after `landfall resume/)
    t.match((await who(deployment))[0], { exemption: 'the application is paused' })
    t.equal(await replicas(), '7')
    t.match(await site.landfall('resume', site.name), { code: 0 })
    await until('it is undone', async () => (await replicas()) === '3')
  })
})

test('handEdits: silent records, and tells nobody', async (t) => {
  const { as, who } = await witnessSite(t, { keys: { handEdits: 'silent' } })

  t.match(await as(ann, 'scale', deployment, '--replicas=5'), { code: 0, stderr: '' })
  t.match((await who(deployment))[0], { user: ann, verb: 'scale', outcome: 'allowed' })
})
