import { test } from 'tap'
import { live, testHealth } from '../../support/health-cases.ts'

const service = (spec: object) => live('v1', 'Service', { spec: { ...spec }, status: {} })

test('health of a Service', async (t) => {
  await testHealth(t, [
    {
      title: 'a ClusterIP is healthy',
      object: service({ type: 'ClusterIP', clusterIP: '10.0.0.9' }),
      health: 'Healthy',
    },
    { title: 'one without a type is healthy', object: service({}), health: 'Healthy' },
    {
      title: 'a NodePort is healthy',
      object: service({ type: 'NodePort', clusterIP: '10.0.0.9' }),
      health: 'Healthy',
    },
    {
      title: 'an ExternalName is healthy',
      object: service({ type: 'ExternalName', externalName: 'db.example.com' }),
      health: 'Healthy',
    },
    {
      title: 'a load balancer without a cluster IP is progressing',
      object: service({ type: 'LoadBalancer' }),
      health: 'Progressing',
    },
    {
      title: 'the address of a load balancer is not waited for',
      object: service({ type: 'LoadBalancer', clusterIP: '10.0.0.9' }),
      health: 'Healthy',
    },
    {
      title: 'the address of an Ingress is not waited for',
      object: live('networking.k8s.io/v1', 'Ingress', { status: { loadBalancer: {} } }),
      health: 'Healthy',
    },
  ])
})
