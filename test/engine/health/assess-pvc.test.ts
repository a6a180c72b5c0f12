import { test } from 'tap'
import { live, testHealth } from '../../support/health-cases.ts'

const claim = (phase: string | undefined, spec: object = { storageClassName: 'fast' }) =>
  live('v1', 'PersistentVolumeClaim', { spec: { ...spec }, status: { phase } })

test('health of a PersistentVolumeClaim', async (t) => {
  await testHealth(t, [
    { title: 'a bound one is healthy', object: claim('Bound'), health: 'Healthy' },
    {
      title: 'a pending one is progressing, and names its class',
      object: claim('Pending'),
      health: 'Progressing',
      message: /StorageClass is fast$/,
    },
    {
      title: 'a pending one without a class says so',
      object: claim('Pending', {}),
      health: 'Progressing',
      message: /names no StorageClass$/,
    },
    {
      title: 'a pending one that is bound on first use is not waited for',
      object: claim('Pending'),
      context: { volumeBindingMode: 'WaitForFirstConsumer' },
      health: 'Healthy',
    },
    {
      title: 'a pending one that is bound at once is waited for',
      object: claim('Pending'),
      context: { volumeBindingMode: 'Immediate' },
      health: 'Progressing',
    },
    {
      title: 'one without a phase is progressing',
      object: claim(undefined),
      health: 'Progressing',
    },
    { title: 'a lost one is a failure', object: claim('Lost'), health: 'Degraded' },
    {
      title: 'a lost one is a failure in any binding mode',
      object: claim('Lost'),
      context: { volumeBindingMode: 'WaitForFirstConsumer' },
      health: 'Degraded',
    },
  ])
})
