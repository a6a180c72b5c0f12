import type { ObjectClient } from '../../src/cluster/cluster.ts'
import { noNeighbours } from '../../src/engine/neighbours.ts'
import type { Target } from '../../src/engine/target.ts'
import { anApplication } from './an-application.ts'

/** A target that notes each request by its method and refuses it. */
export function aRefusingTarget(signal: AbortSignal): { target: Target; asked: string[] } {
  const asked: string[] = []
  const refuse = (method: string) => (): never => {
    asked.push(method)
    throw new Error(`${method} was asked`)
  }
  const client: ObjectClient = {
    get: refuse('get'),
    list: refuse('list'),
    apply: refuse('apply'),
    patchJson: refuse('patchJson'),
    remove: refuse('remove'),
    evict: refuse('evict'),
    watch: refuse('watch'),
    readLog: refuse('readLog'),
  }
  const target: Target = {
    application: anApplication(),
    cluster: {
      name: 'prod',
      discovery: {
        find: refuse('find'),
        version: refuse('version'),
        apiVersions: refuse('apiVersions'),
        refresh: refuse('refresh'),
      },
      inventory: {
        read: refuse('read'),
        write: refuse('write'),
        remove: refuse('remove'),
        partOf: () => 'applyset-1',
        query: { group: '', kind: 'ConfigMap' },
        queryOf: () => ({ group: '', kind: 'ConfigMap' }),
        parse: refuse('parse'),
      },
      leases: { read: refuse('read'), write: refuse('write') },
      own: client,
      as: () => client,
      user: refuse('user'),
      close: async () => {},
    },
    client,
    own: client,
    partOf: 'applyset-1',
    mask: (_ref, _path, value) => value,
    neighbours: noNeighbours,
    signal,
  }
  return { target, asked }
}
