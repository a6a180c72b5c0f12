import { test } from 'tap'
import {
  condition,
  now,
  podOf,
  secondsAgo,
  testHealth,
  waiting,
} from '../../support/health-cases.ts'

const pod = (status: Record<string, unknown>, metadata: Record<string, unknown> = {}) =>
  podOf(undefined, { metadata, status })
const startedAgo = (seconds: number) => ({ startTime: secondsAgo(seconds) })
const unschedulable = (seconds: number) =>
  pod({
    conditions: [
      condition('PodScheduled', 'False', {
        reason: 'Unschedulable',
        message: '0/3 nodes are available: 3 Insufficient cpu.',
        lastTransitionTime: secondsAgo(seconds),
      }),
    ],
  })
const crashing = (restartCount: number) =>
  pod({
    phase: 'Running',
    containerStatuses: [
      waiting('CrashLoopBackOff', {
        message: 'back-off 40s restarting failed container',
        restartCount,
        lastState: {
          terminated: { exitCode: 137, reason: 'OOMKilled', message: 'TOKEN=hunter2 leaked' },
        },
      }),
    ],
  })

test('health of a Pod', async (t) => {
  await testHealth(t, [
    { title: 'no phase yet is progressing', object: pod({ phase: '' }), health: 'Progressing' },
    {
      title: 'Pending is progressing',
      object: pod({}),
      health: 'Progressing',
      message: /^its containers are starting$/,
    },
    {
      title: 'Running and Ready is healthy',
      object: pod({ phase: 'Running', conditions: [condition('Ready', 'True')] }),
      health: 'Healthy',
    },
    {
      title: 'Running and not Ready is progressing, and names the container',
      object: pod({
        phase: 'Running',
        conditions: [condition('Ready', 'False')],
        containerStatuses: [
          { name: 'sidecar', ready: true },
          { name: 'app', ready: false },
        ],
      }),
      health: 'Progressing',
      message: /^container app is not ready$/,
    },
    {
      title: 'Running without container statuses is progressing',
      object: pod({ phase: 'Running' }),
      health: 'Progressing',
      message: /^it is running but not ready$/,
    },
    {
      title: 'Failed by an init container names it',
      object: pod({
        phase: 'Failed',
        initContainerStatuses: [
          { name: 'migrate', state: { terminated: { exitCode: 3, reason: 'Error' } } },
        ],
        containerStatuses: [waiting('PodInitializing')],
      }),
      health: 'Degraded',
      message: /^it failed: init container migrate: Error, code 3$/,
    },
    { title: 'Succeeded is healthy', object: pod({ phase: 'Succeeded' }), health: 'Healthy' },
    {
      title: 'Failed is a failure, with its reason',
      object: pod({ phase: 'Failed', reason: 'Evicted', message: 'low on disk' }),
      health: 'Degraded',
      message: /^it failed: Evicted: low on disk$/,
    },
    {
      title: 'Failed by a container tells its exit code and no word of its log',
      object: pod({
        phase: 'Failed',
        containerStatuses: [
          { name: 'ok', state: { terminated: { exitCode: 0, reason: 'Completed' } } },
          { name: 'app', state: { terminated: { exitCode: 2, reason: 'Error', message: 'key' } } },
        ],
      }),
      health: 'Degraded',
      message: /^it failed: container app: Error, code 2$/,
    },
    {
      title: 'Unschedulable is given time for a node to come',
      object: unschedulable(20),
      health: 'Progressing',
      message: /^Unschedulable: 0\/3 nodes are available/,
      degradesIn: 100,
    },
    {
      title: 'Unschedulable for longer is a failure',
      object: unschedulable(120),
      health: 'Degraded',
      message: /Insufficient cpu/,
    },
    {
      title: 'a scheduling gate is waited for without end',
      object: pod({
        conditions: [condition('PodScheduled', 'False', { reason: 'SchedulingGated' })],
      }),
      health: 'Progressing',
      message: /^SchedulingGated$/,
    },
    {
      title: 'ErrImagePull is given its time from the start of the pod',
      object: pod({ ...startedAgo(59), containerStatuses: [waiting('ErrImagePull')] }),
      health: 'Progressing',
      message: /^container app: ErrImagePull$/,
      degradesIn: 1,
    },
    {
      title: 'ErrImagePull becomes a failure exactly then',
      object: pod({ ...startedAgo(60), containerStatuses: [waiting('ErrImagePull')] }),
      health: 'Degraded',
    },
    {
      title: 'ImagePullBackOff after its time is a failure, with the message of the kubelet',
      object: pod({
        ...startedAgo(300),
        containerStatuses: [
          waiting('ImagePullBackOff', { message: 'Back-off pulling image "web:2"' }),
        ],
      }),
      health: 'Degraded',
      message: /^container app: ImagePullBackOff: Back-off pulling image "web:2"$/,
    },
    {
      title: 'a slow pull that has just begun to fail has all of its time',
      object: pod({ ...startedAgo(300), containerStatuses: [waiting('ErrImagePull')] }),
      context: { failingSince: new Map([['uid-of-web-1', now - 2_000]]) },
      health: 'Progressing',
      degradesIn: 58,
    },
    {
      title: 'a pod not yet started counts from its creation',
      object: pod({ startTime: undefined, containerStatuses: [waiting('ErrImagePull')] }),
      health: 'Progressing',
      degradesIn: 50,
    },
    {
      title: 'a pod that knows no time at all has had it',
      object: pod(
        { startTime: undefined, containerStatuses: [waiting('ErrImagePull')] },
        { creationTimestamp: undefined },
      ),
      health: 'Degraded',
    },
    ...['ErrImageNeverPull', 'RunContainerError', 'CreateContainerError', 'RegistryBackOff'].map(
      (reason) => ({
        title: `${reason} is an error the kubelet tries again`,
        object: pod({ containerStatuses: [waiting(reason)] }),
        health: 'Progressing' as const,
        degradesIn: 50,
      }),
    ),
    ...['InvalidImageName', 'CreateContainerConfigError'].map((reason) => ({
      title: `${reason} is a failure at once`,
      object: pod({ containerStatuses: [waiting(reason, { message: 'no such key' })] }),
      health: 'Degraded' as const,
      message: new RegExp(`^container app: ${reason}: no such key$`),
    })),
    ...['ContainerCreating', 'PodInitializing'].map((reason) => ({
      title: `${reason} is no error`,
      object: pod({ containerStatuses: [waiting(reason)] }),
      health: 'Progressing' as const,
      message: /^its containers are starting$/,
    })),
    {
      title: 'a crash loop of two restarts is progressing',
      object: crashing(2),
      health: 'Progressing',
      message: /CrashLoopBackOff/,
    },
    {
      title:
        'a crash loop of three restarts is a failure, with the last exit and no word of its log',
      object: crashing(3),
      health: 'Degraded',
      message:
        /^container app: CrashLoopBackOff: back-off 40s restarting failed container: last exit: OOMKilled, code 137$/,
    },
    {
      title: 'a container that runs again after restarts is progressing',
      object: pod({
        phase: 'Running',
        containerStatuses: [{ name: 'app', ready: false, restartCount: 5, state: { running: {} } }],
      }),
      health: 'Progressing',
    },
    {
      title: 'an init container fails the pod too',
      object: pod({
        initContainerStatuses: [waiting('CrashLoopBackOff', { name: 'migrate', restartCount: 4 })],
        containerStatuses: [waiting('PodInitializing')],
      }),
      health: 'Degraded',
      message: /^init container migrate: CrashLoopBackOff$/,
    },
    {
      title: 'a failure is told before what may still pass',
      object: pod({
        containerStatuses: [waiting('ErrImagePull'), waiting('InvalidImageName', { name: 'b' })],
      }),
      health: 'Degraded',
      message: /^container b/,
    },
    {
      title: 'one that is being deleted is progressing',
      object: pod({ phase: 'Running' }, { deletionTimestamp: secondsAgo(1) }),
      health: 'Progressing',
      message: /being deleted/,
    },
  ])
})
