import type { HealthAssessment } from '../../domain/health.ts'
import { type KubeObject, refOf } from '../../domain/kube-object.ts'
import { assessApiService } from './assess-api-service.ts'
import { assessCustomResource, assessReady, assessReconciling } from './assess-conditions.ts'
import { assessCrd } from './assess-crd.ts'
import { assessCronJob } from './assess-cron-job.ts'
import { assessDaemonSet } from './assess-daemon-set.ts'
import { assessDeployment } from './assess-deployment.ts'
import { assessHpa } from './assess-hpa.ts'
import { assessJob } from './assess-job.ts'
import { assessPdb } from './assess-pdb.ts'
import { assessPod } from './assess-pod.ts'
import { assessPvc } from './assess-pvc.ts'
import { assessReplicaSet } from './assess-replica-set.ts'
import { assessService } from './assess-service.ts'
import { assessStatefulSet } from './assess-stateful-set.ts'
import { progressing } from './assessment.ts'
import { isCustomResource } from './built-in-kinds.ts'
import type { HealthContext } from './health-context.ts'
import { assessObserved } from './observed.ts'
import { readField } from './read-field.ts'

type Rule = (object: KubeObject, context: HealthContext) => HealthAssessment

// By group and kind: a custom resource named Service is none of ours.
const rules: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ['/PersistentVolumeClaim', assessPvc],
  ['/Pod', assessPod],
  ['/ReplicationController', assessReplicaSet],
  ['/Service', assessService],
  ['apiextensions.k8s.io/CustomResourceDefinition', assessCrd],
  ['apiregistration.k8s.io/APIService', assessApiService],
  ['apps/DaemonSet', assessDaemonSet],
  ['apps/Deployment', assessDeployment],
  ['apps/ReplicaSet', assessReplicaSet],
  ['apps/StatefulSet', assessStatefulSet],
  ['autoscaling/HorizontalPodAutoscaler', assessHpa],
  ['batch/CronJob', assessCronJob],
  ['batch/Job', assessJob],
  ['policy/PodDisruptionBudget', assessPdb],
])

/**
 * Health of one object as one look at it tells, by the rules of kstatus with Argo CD's reasons for
 * Degraded, or by the configuration's own rule. Never throws, whatever the object holds; asks nothing
 * of anybody.
 */
export function assessHealth(object: KubeObject, context: HealthContext): HealthAssessment {
  if (readField(object, 'metadata', 'deletionTimestamp') !== undefined) {
    return progressing('it is being deleted')
  }
  return (
    assessObserved(object, context.minGeneration) ??
    context.rule?.(object) ??
    assessReconciling(object) ??
    findRule(object)(object, context)
  )
}

function findRule(object: KubeObject): Rule {
  const ref = refOf(object)
  const rule = rules.get(`${ref.group}/${ref.kind}`)
  if (rule !== undefined) return rule
  return isCustomResource(ref) ? assessCustomResource : assessReady
}
