/** When trouble that may pass by itself counts as failure. */
export interface HealthThresholds {
  /** A container that cannot start for a reason kubelet tries again: ErrImagePull and the like. */
  readonly imagePullMs: number
  /** Restarts after which CrashLoopBackOff is no longer a start-up race. */
  readonly crashLoopRestarts: number
  /** No node takes the pod; a cluster autoscaler needs minutes to bring one. */
  readonly unschedulableMs: number
  /** A controller is refused the pods it wants to create: quota, admission. */
  readonly replicaFailureMs: number
  /** A custom resource whose controller has not written a status yet. */
  readonly noStatusMs: number
}

export const defaultHealthThresholds: HealthThresholds = {
  imagePullMs: 60_000,
  crashLoopRestarts: 3,
  unschedulableMs: 120_000,
  replicaFailureMs: 30_000,
  noStatusMs: 10_000,
}
