import { test } from 'tap'
import { offenderOf, toOffender } from '../../src/engine/offender.ts'
import { aDeployment, fields, managed, ownedBy } from '../support/objects.ts'

const container = 'f:spec f:template f:spec f:containers k:{"name":"app"}'
const image = '/spec/template/spec/containers/0/image'

function writtenBy(...entries: Parameters<typeof managed>[1]) {
  return managed(aDeployment(), entries)
}

test('the offender', async (t) => {
  await t.test('is who owns the field, found through its list item', async (t) => {
    const live = writtenBy(
      ownedBy('landfall', fields('f:spec f:replicas')),
      ownedBy('kubectl-scale', fields('f:spec f:replicas')),
      ownedBy('kubectl-set', fields(`${container} f:image`), { time: '2026-02-01T00:00:00Z' }),
    )

    t.strictSame(offenderOf(live, image), {
      manager: 'kubectl-set',
      operation: 'Update',
      time: '2026-02-01T00:00:00Z',
    })
  })

  await t.test('of several is the one that wrote last', async (t) => {
    const wrote = (manager: string, time: string | undefined) => {
      const { time: _time, ...entry } = ownedBy(manager, fields('f:spec f:replicas'))
      return time === undefined ? entry : { ...entry, time }
    }
    const live = writtenBy(
      wrote('a', '2026-01-01T00:00:00Z'),
      wrote('b', '2026-03-01T00:00:00Z'),
      wrote('c', undefined),
      wrote('d', '2026-02-01T00:00:00Z'),
    )

    t.equal(offenderOf(live, '/spec/replicas')?.manager, 'b')
  })

  await t.test('owns the field, or what is around or inside it', async (t) => {
    const atomic = writtenBy(ownedBy('a', fields('f:spec f:template')))
    const inside = writtenBy(ownedBy('b', fields(`${container} f:image`)))

    t.equal(offenderOf(atomic, image)?.manager, 'a')
    t.equal(offenderOf(inside, '/spec/template')?.manager, 'b')
    t.equal(offenderOf(inside, '/spec/templates'), null)
  })

  await t.test('is nobody where only our apply, or nothing, owns the field', async (t) => {
    const { fieldsV1: _none, ...bare } = ownedBy('a', {})

    t.equal(offenderOf(aDeployment(), '/spec/replicas'), null)
    t.equal(offenderOf(writtenBy(bare), '/spec/replicas'), null)
    t.equal(
      offenderOf(writtenBy(ownedBy('landfall', fields('f:spec f:replicas'))), '/spec/replicas'),
      null,
    )
  })

  await t.test('is not who owns only the item, or a field that is gone', async (t) => {
    const live = writtenBy(ownedBy('a', fields(`${container} .`, `${container} f:tty`)))

    t.equal(offenderOf(live, image), null)
  })

  await t.test('is told with what Kubernetes recorded, and unknown where it did not', async (t) => {
    t.strictSame(toOffender({}), { manager: 'unknown', operation: 'Update', time: undefined })
    t.strictSame(toOffender({ manager: 'x', operation: 'Apply', time: 'now' }), {
      manager: 'x',
      operation: 'Apply',
      time: 'now',
    })
  })
})
