import { test } from 'tap'
import { findExtraFields } from '../../src/engine/extra-fields.ts'
import { aDeployment, fields, managed, ownedBy } from '../support/objects.ts'

const container = 'f:spec f:template f:spec f:containers k:{"name":"app"}'
const env = `${container} f:env`
const ours = ownedBy(
  'landfall',
  fields(
    'f:spec f:replicas',
    `${container} .`,
    `${container} f:name`,
    `${container} f:image`,
    `${env} k:{"name":"A"} .`,
    `${env} k:{"name":"A"} f:name`,
    `${env} k:{"name":"A"} f:value`,
  ),
)

function withEnv(names: readonly string[]) {
  return aDeployment({
    spec: {
      replicas: 3,
      template: {
        spec: {
          containers: [
            { name: 'app', image: 'web:1', env: names.map((name) => ({ name, value: '1' })) },
          ],
        },
      },
    },
  })
}

const addedB = fields(
  `${env} k:{"name":"B"} .`,
  `${env} k:{"name":"B"} f:name`,
  `${env} k:{"name":"B"} f:value`,
)

test('finding extra fields', async (t) => {
  await t.test('a variable added by kubectl set env is extra as a whole', async (t) => {
    const live = managed(withEnv(['A', 'B']), [ours, ownedBy('kubectl-set', addedB)])

    const extras = findExtraFields(live)

    t.strictSame(
      extras.map(({ pointer, value }) => ({ pointer, value })),
      [{ pointer: '/spec/template/spec/containers/0/env/1', value: { name: 'B', value: '1' } }],
    )
    t.equal(extras[0]?.owner.manager, 'kubectl-set')
  })

  await t.test(
    'the same variable added by a dashboard is extra, by a controller it is not',
    async (t) => {
      const by = (manager: string) => managed(withEnv(['A', 'B']), [ours, ownedBy(manager, addedB)])

      t.equal(findExtraFields(by('node-fetch')).length, 1)
      t.equal(findExtraFields(by('istiod')).length, 0)
      t.equal(findExtraFields(by('argocd-controller')).length, 0)
    },
  )

  await t.test('a whole list that only a person owns is removed as a list', async (t) => {
    const bare = ownedBy('landfall', fields(`${container} .`, `${container} f:name`))
    const human = ownedBy(
      'kubectl-set',
      fields(`${env} .`, `${env} k:{"name":"B"} .`, `${env} k:{"name":"B"} f:name`),
    )

    const extras = findExtraFields(managed(withEnv(['B']), [bare, human]))

    t.strictSame(
      extras.map((extra) => extra.pointer),
      ['/spec/template/spec/containers/0/env'],
    )
  })

  await t.test(
    'a container that a person half owns is kept when we own its other fields',
    async (t) => {
      const human = ownedBy('kubectl-edit', fields(`${container} f:name`, `${container} f:tty`))
      const live = managed(
        aDeployment({
          spec: {
            template: { spec: { containers: [{ name: 'app', image: 'web:1', tty: true }] } },
          },
        }),
        [ours, human],
      )

      t.strictSame(
        findExtraFields(live).map((extra) => extra.pointer),
        ['/spec/template/spec/containers/0/tty'],
      )
    },
  )

  await t.test('rollout restart, replicas, nodePorts and finalizers are never extra', async (t) => {
    const annotations = 'f:spec f:template f:metadata f:annotations'
    const restartedAt = 'kubectl.kubernetes.io/restartedAt'
    const live = managed(
      aDeployment({
        metadata: { name: 'web', namespace: 'shop', finalizers: ['x/y'] },
        spec: {
          replicas: 5,
          ports: [{ port: 80, protocol: 'TCP', nodePort: 30_000 }],
          template: { metadata: { annotations: { [restartedAt]: 'now' } } },
        },
      }),
      [
        ownedBy('landfall', fields('f:spec f:selector')),
        ownedBy(
          'kubectl-rollout',
          fields(
            `${annotations} .`,
            `${annotations} f:${restartedAt}`,
            'f:spec f:replicas',
            'f:spec f:ports k:{"port":80,"protocol":"TCP"} f:nodePort',
            'f:metadata f:finalizers v:"x/y"',
          ),
        ),
      ],
    )

    t.strictSame(findExtraFields(live), [])
  })

  await t.test('an annotation added beside restartedAt is extra on its own', async (t) => {
    const annotations = 'f:spec f:template f:metadata f:annotations'
    const live = managed(
      aDeployment({
        spec: {
          template: {
            metadata: {
              annotations: { 'kubectl.kubernetes.io/restartedAt': 'now', team: 'blue' },
            },
          },
        },
      }),
      [
        ownedBy('landfall', fields('f:spec f:selector')),
        ownedBy(
          'kubectl-edit',
          fields(
            `${annotations} .`,
            `${annotations} f:kubectl.kubernetes.io/restartedAt`,
            `${annotations} f:team`,
          ),
        ),
      ],
    )

    t.strictSame(
      findExtraFields(live).map((extra) => extra.pointer),
      ['/spec/template/metadata/annotations/team'],
    )
  })

  await t.test('a field of a status or scale subresource is no configuration', async (t) => {
    const live = managed(withEnv(['A']), [
      ours,
      ownedBy('kubectl', fields('f:spec f:replicas'), { subresource: 'scale' }),
      ownedBy('kubectl-edit', fields('f:status f:phase'), { subresource: 'status' }),
    ])

    t.strictSame(findExtraFields(live), [])
  })

  await t.test('an object that nobody manages has none', async (t) => {
    t.strictSame(findExtraFields(aDeployment()), [])
  })

  await t.test('a field that is gone, or there twice, is none', async (t) => {
    const live = managed(withEnv(['B', 'B']), [ours, ownedBy('kubectl-set', addedB)])
    const gone = managed(withEnv(['A']), [ours, ownedBy('kubectl-set', addedB)])

    t.strictSame(findExtraFields(live), [])
    t.strictSame(findExtraFields(gone), [])
  })

  await t.test('its owner is the one that wrote last, before any without a time', async (t) => {
    const label = fields('f:metadata f:labels f:team')
    const { time: _time, ...timeless } = ownedBy('k9s', label)
    const { fieldsV1: _fields, ...bare } = ownedBy('curl', label)
    const older = ownedBy('kubectl-label', label)
    const newer = ownedBy('kubectl-edit', label, { time: '2026-02-01T00:00:00Z' })
    const ownerOf = (...entries: Parameters<typeof managed>[1]) => {
      const labels = { team: 'blue' }
      const object = aDeployment({ metadata: { ...aDeployment().metadata, labels } })
      return findExtraFields(managed(object, entries))[0]?.owner
    }

    t.equal(ownerOf(timeless, bare, older, newer), newer)
    t.equal(ownerOf(older, timeless), older)
    t.equal(ownerOf(bare), undefined)
  })
})
