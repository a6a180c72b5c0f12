import { type KubeObject, refOf } from '../../domain/kube-object.ts'

const template = ['spec', 'template', 'spec']

const podSpecs: Readonly<Record<string, readonly string[]>> = {
  '/Pod': ['spec'],
  '/PodTemplate': ['template', 'spec'],
  '/ReplicationController': template,
  'apps/DaemonSet': template,
  'apps/Deployment': template,
  'apps/ReplicaSet': template,
  'apps/StatefulSet': template,
  'batch/Job': template,
  'batch/CronJob': ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
}

/** Where a kind keeps the spec of its pods. */
export function podSpecPath(object: KubeObject): readonly string[] | undefined {
  const { group, kind } = refOf(object)
  return podSpecs[`${group}/${kind}`]
}
