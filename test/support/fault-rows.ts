import type { Test } from 'tap'
import { type FaultRig, type RigOptions, startFaultRig } from './fault-rig.ts'
import { type Invariants, watchInvariants } from './invariants.ts'
import type { RigApplication } from './rig-application.ts'
import { until } from './until.ts'

/** One row of the table of faults. */
export interface FaultRow {
  /** Begins with the id of the row. */
  readonly title: string
  /** Makes the fault, pushes, and lifts the fault; what holds after every row is checked then. */
  run(t: Test, rig: FaultRig, application: RigApplication): Promise<void>
}

/** Runs rows one after another on one rig, with the invariants checked after each. */
export async function runFaultRows(
  t: Test,
  rows: readonly FaultRow[],
  options: RigOptions = {},
): Promise<FaultRig> {
  const rig = await startFaultRig(t, { applications: 2, every: '5s', ...options })
  const invariants: Invariants = await watchInvariants(rig)
  await t.test('at first all is deployed', (t) => invariants.check(t))
  for (const { title, run } of rows) {
    await t.test(title, async (t) => {
      await run(t, rig, rig.random.pick(rig.applications))
      await invariants.check(t)
    })
  }
  return rig
}

/** What both workers write to their logs from now on. */
export function listenToWorkers({ a, b }: FaultRig): () => string {
  const workers = [a, b].map(({ instance }) => ({ instance, from: instance.output().length }))
  return () => workers.map(({ instance, from }) => instance.output().slice(from)).join('\n')
}

/** States of a commit's status, in the order they were posted. */
export function statesOf(rig: FaultRig, sha: string): readonly string[] {
  return rig.forge.statuses.filter((status) => status.sha === sha).map(({ state }) => state)
}

/** Every fault of the rows is over within this, however busy the machine is. */
const deployedWithinMs = 180_000

/** Waits until the forge knows that the commit is deployed. */
export async function untilDeployed(rig: FaultRig, sha: string): Promise<void> {
  const isTold = () => statesOf(rig, sha).includes('success')
  try {
    await until(`${sha} is deployed`, isTold, deployedWithinMs)
  } catch (error) {
    const logs = rig.instances.map((instance) =>
      instance.output().split('\n').slice(-40).join('\n'),
    )
    throw new Error(`${sha} is not deployed:\n${logs.join('\n\n')}`, { cause: error })
  }
}
