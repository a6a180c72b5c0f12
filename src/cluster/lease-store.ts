import { z } from 'zod'
import type { Lease, LeaseStore } from './cluster.ts'
import { statusError } from './errors.ts'
import { fieldManager } from './field-manager.ts'
import type { Answer, Target } from './kube-request.ts'
import { collectionPath, objectPath, withQuery } from './object-path.ts'
import { createInOwn } from './own-namespace.ts'
import type { Transport } from './transport.ts'

const group = 'coordination.k8s.io'
const mapping = { group, version: 'v1', kind: 'Lease', resource: 'leases', namespaced: true }

export function createLeaseStore(transport: Transport, namespace: string): LeaseStore {
  const collection = collectionPath(mapping, namespace)
  const targetOf = (name: string): Target => ({
    resource: `leases.${group}`,
    group,
    kind: 'Lease',
    namespace,
    name,
  })

  function put(name: string, lease: Lease): Promise<Answer> {
    const target = targetOf(name)
    const body = bodyOf(name, namespace, lease)
    const query = { fieldManager }
    if (lease.resourceVersion === undefined) {
      const path = withQuery(collection, query)
      return createInOwn(transport, namespace, { verb: 'create', path, target, body })
    }
    const path = withQuery(objectPath(mapping, namespace, name), query)
    return transport.send({ verb: 'update', path, target, body })
  }

  return {
    async read(name) {
      const target = targetOf(name)
      const path = objectPath(mapping, namespace, name)
      const answer = await transport.send({ verb: 'get', path, target })
      if (answer.status === 404) return undefined
      return leaseIn(answer, target)
    },

    async write(name, lease) {
      const answer = await put(name, lease)
      const isLost =
        answer.status === 409 || (answer.status === 404 && lease.resourceVersion !== undefined)
      return isLost ? undefined : leaseIn(answer, targetOf(name))
    },
  }
}

function bodyOf(name: string, namespace: string, lease: Lease) {
  const { holder, renewedAt, acquiredAt, durationMs, transitions, resourceVersion } = lease
  return {
    apiVersion: `${group}/v1`,
    kind: 'Lease',
    metadata: { name, namespace, ...(resourceVersion !== undefined && { resourceVersion }) },
    spec: {
      holderIdentity: holder,
      leaseDurationSeconds: Math.ceil(durationMs / 1000),
      acquireTime: microTime(acquiredAt),
      renewTime: microTime(renewedAt),
      leaseTransitions: transitions,
    },
  }
}

// Kubernetes' MicroTime.
function microTime(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000Z')
}

function leaseIn(answer: Answer, target: Target): Lease {
  const found = LeaseBody.safeParse(answer.body)
  if (answer.status >= 300 || !found.success) throw statusError(answer, target)
  const { metadata, spec } = found.data
  return {
    holder: spec.holderIdentity,
    renewedAt: Date.parse(spec.renewTime) || 0,
    acquiredAt: Date.parse(spec.acquireTime) || 0,
    durationMs: spec.leaseDurationSeconds * 1000,
    transitions: spec.leaseTransitions,
    resourceVersion: metadata.resourceVersion,
  }
}

const LeaseBody = z.object({
  metadata: z.object({ resourceVersion: z.string() }),
  spec: z
    .object({
      holderIdentity: z.string().default(''),
      leaseDurationSeconds: z.number().default(0),
      acquireTime: z.string().default(''),
      renewTime: z.string().default(''),
      leaseTransitions: z.number().default(0),
    })
    .prefault({}),
})
