import { test } from 'tap'
import { StageError } from '../../src/domain/error.ts'
import { type KubeObject, refOf } from '../../src/domain/kube-object.ts'
import { probeObject, withRealName } from '../../src/engine/probe-object.ts'

function aService(spec: Readonly<Record<string, unknown>>): KubeObject {
  return { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace: 'shop' }, spec }
}

const ports = [
  { port: 80, nodePort: 30080 },
  { port: 81, nodePort: 30081 },
]

test('a probe of a Service', async (t) => {
  await t.test('has no address and port that its predecessor holds', async (t) => {
    const live = aService({
      clusterIP: '10.0.0.1',
      clusterIPs: ['10.0.0.1'],
      healthCheckNodePort: 30090,
      ports: [{ port: 80, nodePort: 30080 }],
    })
    const wanted = aService({ clusterIP: '10.0.0.1', healthCheckNodePort: 30090, ports })

    t.strictSame(probeObject(wanted, live)?.['spec'], {
      ports: [{ port: 80 }, { port: 81, nodePort: 30081 }],
    })
  })

  await t.test('has a new address, which the server may refuse', async (t) => {
    const live = aService({ clusterIP: '10.0.0.1', ports })
    const wanted = aService({ clusterIP: '10.0.0.2', ports: [] })

    t.strictSame(probeObject(wanted, live)?.['spec'], wanted['spec'])
  })

  await t.test('has none where it is not known who holds them', async (t) => {
    const wanted = aService({ clusterIP: '10.0.0.1', ports })

    t.strictSame(probeObject(wanted)?.['spec'], { ports: [{ port: 80 }, { port: 81 }] })
  })

  await t.test('stays headless', async (t) => {
    const wanted = aService({ clusterIP: 'None', ports: [] })

    t.strictSame(probeObject(wanted, aService({ clusterIP: 'None' }))?.['spec'], wanted['spec'])
  })
})

test('what is said of a probe bears the name of the object', async (t) => {
  const object = aService({ ports })
  const probe = probeObject(object)
  if (probe === undefined) throw new Error('no probe')
  const { name } = probe.metadata
  const said = new StageError('ADMISSION_DENIED', `services ${name}: no`, {
    subjects: [{ object: `Service shop/${name}`, message: `${name} is refused` }],
  })

  const told = withRealName(said, { object: probe, ref: refOf(object) })

  t.equal(told.text, 'services web: no')
  t.match(told.subjects, [{ object: 'Service shop/web', message: 'web is refused' }])
})
