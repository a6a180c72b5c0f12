import { test } from 'tap'
import type { HealthAssessment } from '../../src/domain/health.ts'
import type { AwaitedHealth } from '../../src/engine/await-health.ts'
import { unhealthyError } from '../../src/engine/unhealthy-error.ts'

type Objects = AwaitedHealth['objects']

function object(
  name: string,
  assessment: HealthAssessment,
  { isAwaited } = { isAwaited: true },
): Objects[number] {
  const ref = { group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'shop', name }
  return { ref, assessment, isAwaited }
}

const paused = object('aaa', { health: 'Suspended', message: 'its rollout is paused' })
const slow = object('slow', { health: 'Progressing', message: '0 of 1 replicas are ready' })
const broken = object('broken', { health: 'Degraded', message: 'it cannot start' })
const crashed = object('crashed', {
  health: 'Progressing',
  message: 'container app is not ready',
  container: { namespace: 'shop', pod: 'crashed-1', container: 'app', isPrevious: false },
})

test('why a wait for health has not ended well', async (t) => {
  const textOf = (kind: AwaitedHealth['kind'], objects: Objects) =>
    unhealthyError({ kind, objects })?.text

  await t.test('is never what is suspended', async (t) => {
    const error = unhealthyError({ kind: 'timeout', objects: [paused, slow] })

    t.equal(error?.text, 'Deployment shop/slow: 0 of 1 replicas are ready')
    t.strictSame(
      error?.subjects.map((subject) => subject.object),
      ['Deployment shop/slow'],
    )
  })

  await t.test('is what has failed, then what a container holds up', async (t) => {
    t.match(textOf('timeout', [slow, crashed, broken]), /^Deployment shop\/broken: /)
    t.match(textOf('timeout', [slow, crashed]), /^Deployment shop\/crashed: /)
  })

  await t.test('is what can never be judged, where nothing else has failed', async (t) => {
    const rule = object('rule', { health: 'Unknown', message: 'no such overload', isFinal: true })

    t.equal(textOf('degraded', [slow, rule]), 'Deployment shop/rule: no such overload')
  })

  await t.test('names all that is not done, within bounds, and nothing else', async (t) => {
    const looked = object('looked', broken.assessment, { isAwaited: false })
    const error = unhealthyError({ kind: 'degraded', objects: [slow, looked, paused, broken] })
    const many = unhealthyError({
      kind: 'timeout',
      objects: Array.from({ length: 500 }, () => slow),
    })

    t.strictSame(error?.subjects, [
      { object: 'Deployment shop/broken', message: 'it cannot start' },
      { object: 'Deployment shop/slow', message: '0 of 1 replicas are ready' },
    ])
    t.equal(many?.subjects.length, 10)
  })

  await t.test('is nothing where all is well, or a newer commit came', async (t) => {
    t.equal(textOf('healthy', [paused]), undefined)
    t.equal(textOf('cancelled', [slow]), undefined)
  })
})
