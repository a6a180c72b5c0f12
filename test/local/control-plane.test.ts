import { test } from 'tap'
import { controlPlane, testNamespace } from '../support/control-plane.ts'

const manifest = (name: string, labels: Record<string, string> = {}) =>
  JSON.stringify({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      replicas: 3,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name, ...labels } },
        spec: { containers: [{ name: 'agent', image: 'registry.test/agent:1' }] },
      },
    },
  })

test('a control plane', async (t) => {
  const { kubectl, audit } = await controlPlane()

  await t.test('has a ready node', async (t) => {
    const output = await kubectl(['get', 'nodes', '--no-headers'])

    t.match(output, /^node-1\s+Ready/)
  })

  await t.test('makes a Deployment of 3 replicas available', async (t) => {
    const namespace = await testNamespace(t)
    await kubectl(['apply', '-n', namespace, '-f', '-'], manifest('web'))

    await kubectl(['wait', '-n', namespace, '--for=condition=Available', 'deploy/web'])

    const ready = ['get', '-n', namespace, 'deploy/web', '-o', 'jsonpath={.status.readyReplicas}']
    t.equal(await kubectl(ready), '3')
  })

  const reason = '{.status.containerStatuses[0].state.waiting.reason}'
  const failures = [
    { label: 'image-pull-error', path: reason, value: 'ImagePullBackOff' },
    { label: 'crash-loop', path: reason, value: 'CrashLoopBackOff' },
    {
      label: 'never-ready',
      path: '{.status.conditions[?(@.type=="Ready")].reason}',
      value: 'ContainersNotReady',
    },
  ]
  for (const { label, path, value } of failures) {
    await t.test(`gives pods labelled ${label} the reason ${value}`, async (t) => {
      const namespace = await testNamespace(t)
      const labels = { 'landfall.dev/test-pod': label }
      await kubectl(['apply', '-n', namespace, '-f', '-'], manifest('bad', labels))
      await kubectl(['wait', '-n', namespace, '--for=create', 'pod', '-l', 'app=bad'])

      const wait = [
        'wait',
        '-n',
        namespace,
        `--for=jsonpath=${path}=${value}`,
        'pod',
        '-l',
        'app=bad',
      ]
      t.match(await kubectl(wait), /condition met/)
    })
  }

  await t.test('writes who asked what into its audit log', async (t) => {
    const namespace = await testNamespace(t)
    const trail = await audit()
    await kubectl(['create', 'configmap', 'seen', '-n', namespace])
    await kubectl([
      'get',
      'configmap',
      'seen',
      '-n',
      namespace,
      '--as=alice',
      '--as-group=system:masters',
    ])

    const events = await trail.events()

    const ours = events.filter(
      ({ objectRef }) => objectRef?.name === 'seen' || objectRef?.namespace === namespace,
    )
    t.match(
      ours.map(({ verb, user, impersonatedUser }) => [
        verb,
        user.username,
        impersonatedUser?.username,
      ]),
      [
        ['create', 'admin', undefined],
        ['get', 'admin', 'alice'],
      ],
    )
  })
})
