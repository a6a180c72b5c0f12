import { test } from 'tap'
import type { ManagedFieldsEntry } from '../../src/domain/kube-object.ts'
import { adoptionPatch } from '../../src/engine/adoption.ts'
import { aDeployment, fields, managed, ownedBy } from '../support/objects.ts'

const byHand = ownedBy('kubectl-create', fields('f:spec f:paused', 'f:metadata f:labels f:team'))

function patchOf(...entries: readonly ManagedFieldsEntry[]) {
  return adoptionPatch(managed(aDeployment(), entries), [])
}

function entriesAfter(...entries: readonly ManagedFieldsEntry[]) {
  return patchOf(...entries)?.[0]?.value as readonly ManagedFieldsEntry[] | undefined
}

test('adopting an object', async (t) => {
  await t.test('moves what people own into our entry, at the version that was read', async (t) => {
    t.strictSame(patchOf(byHand), [
      {
        op: 'replace',
        path: '/metadata/managedFields',
        value: [
          {
            manager: 'landfall',
            operation: 'Apply',
            apiVersion: 'apps/v1',
            fieldsType: 'FieldsV1',
            fieldsV1: byHand.fieldsV1,
          },
        ],
      },
      { op: 'replace', path: '/metadata/resourceVersion', value: '10' },
    ])
  })

  await t.test('adds to what we own already', async (t) => {
    const ours = ownedBy('landfall', fields('f:spec f:selector'))

    const after = entriesAfter(ours, byHand, ownedBy('k9s', fields('f:spec f:minReadySeconds')))

    t.equal(after?.length, 1)
    t.strictSame(
      after?.[0]?.fieldsV1,
      fields(
        'f:spec f:selector',
        'f:spec f:paused',
        'f:spec f:minReadySeconds',
        'f:metadata f:labels f:team',
      ),
    )
  })

  await t.test('leaves controllers, other deployers and subresources what they own', async (t) => {
    const others = [
      ownedBy('kube-controller-manager', fields('f:spec f:paused')),
      ownedBy('helm', fields('f:spec f:paused')),
      ownedBy('kubectl', fields('f:spec f:replicas'), { subresource: 'scale' }),
    ]

    t.strictSame(entriesAfter(...others, byHand)?.slice(0, -1), others)
    t.equal(patchOf(...others), undefined)
  })

  await t.test('leaves protected fields, and nothing else, with their owner', async (t) => {
    const restarted = 'f:spec f:template f:metadata f:annotations'
    const port = 'f:spec f:ports k:{"port":80,"protocol":"TCP"}'
    const human = ownedBy(
      'kubectl-edit',
      fields(
        'f:spec f:replicas',
        'f:spec f:paused',
        'f:spec f:ports .',
        `${port} .`,
        `${port} f:port`,
        `${port} f:nodePort`,
        `${restarted} .`,
        `${restarted} f:kubectl.kubernetes.io/restartedAt`,
        `${restarted} f:team`,
        'f:metadata f:finalizers v:"x/y"',
      ),
    )

    const after = entriesAfter(human)

    t.strictSame(after?.[0], {
      ...human,
      fieldsV1: fields(
        'f:spec f:replicas',
        `${port} f:nodePort`,
        `${restarted} f:kubectl.kubernetes.io/restartedAt`,
        'f:metadata f:finalizers v:"x/y"',
      ),
    })
    t.strictSame(
      after?.[1]?.fieldsV1,
      fields(
        'f:spec f:paused',
        'f:spec f:ports .',
        `${port} .`,
        `${port} f:port`,
        `${restarted} .`,
        `${restarted} f:team`,
      ),
    )
  })

  await t.test(
    'leaves an owner of nothing but what leads to protected fields no entry',
    async (t) => {
      const port = 'f:spec f:ports k:{"port":80,"protocol":"TCP"}'

      const after = entriesAfter(ownedBy('kubectl-edit', fields(`${port} .`, `${port} f:port`)))

      t.strictSame(
        after?.map(({ manager }) => manager),
        ['landfall'],
      )
    },
  )

  await t.test('is nothing to do where people own nothing that may be moved', async (t) => {
    const { fieldsV1: _none, ...bare } = byHand

    t.equal(adoptionPatch(aDeployment(), []), undefined)
    t.equal(patchOf(bare), undefined)
    t.equal(patchOf(ownedBy('kubectl-edit', fields('f:spec f:replicas'))), undefined)
    t.equal(patchOf({ ...byHand, apiVersion: 'apps/v1beta1' }), undefined)
  })
})
