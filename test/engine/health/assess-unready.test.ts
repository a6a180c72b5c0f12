import { test } from 'tap'
import { condition, podOf, testHealth, waiting } from '../../support/health-cases.ts'

const pod = (status: Record<string, unknown>) => podOf(undefined, { status })

test('health of a pod that is not ready, with no error that holds it up', async (t) => {
  await testHealth(t, [
    {
      title: 'Running and not Ready because of a native sidecar names the sidecar',
      object: pod({
        phase: 'Running',
        initContainerStatuses: [
          { name: 'migrate', ready: true, state: { terminated: { exitCode: 0 } } },
          { name: 'proxy', ready: false, state: { running: {} } },
        ],
        containerStatuses: [{ name: 'app', ready: true, state: { running: {} } }],
      }),
      health: 'Progressing',
      message: /^init container proxy is not ready$/,
    },
    {
      title: 'Running with all containers ready waits for the gate that it names',
      object: pod({
        phase: 'Running',
        conditions: [
          condition('Ready', 'False', {
            reason: 'ReadinessGatesNotReady',
            message: 'corresponding condition of pod readiness gate "lb" does not exist.',
          }),
        ],
        containerStatuses: [{ name: 'app', ready: true, state: { running: {} } }],
      }),
      health: 'Progressing',
      message: /^it is running but not ready: .*readiness gate "lb"/,
    },
    {
      title: 'Running again after a crash tells the last exit',
      object: pod({
        phase: 'Running',
        containerStatuses: [
          { name: 'sidecar', ready: false, state: { running: {} } },
          {
            name: 'app',
            ready: false,
            restartCount: 1,
            state: { running: {} },
            lastState: { terminated: { exitCode: 137, reason: 'OOMKilled' } },
          },
        ],
      }),
      health: 'Progressing',
      message: /^container app is not ready; last exit: OOMKilled, code 137$/,
    },
    {
      title: 'Pending with an init container that has just ended in an error names it',
      object: pod({
        initContainerStatuses: [
          {
            name: 'migrate',
            ready: false,
            state: { terminated: { exitCode: 3, reason: 'Error' } },
          },
        ],
        containerStatuses: [waiting('PodInitializing')],
      }),
      health: 'Progressing',
      message: /^init container migrate is not ready; last exit: Error, code 3$/,
    },
    {
      title: 'a restart after a good end is no failure',
      object: pod({
        phase: 'Running',
        containerStatuses: [
          {
            name: 'app',
            ready: false,
            state: { running: {} },
            lastState: { terminated: { exitCode: 0, reason: 'Completed' } },
          },
        ],
      }),
      health: 'Progressing',
      message: /^container app is not ready$/,
    },
  ])
})
