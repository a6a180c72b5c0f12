import type { Test } from 'tap'
import { type FaultRig, startFaultRig } from './fault-rig.ts'
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
export async function runFaultRows(t: Test, rows: readonly FaultRow[]): Promise<FaultRig> {
  const rig = await startFaultRig(t, { applications: 2, every: '5s' })
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

/** States of a commit's status, in the order they were posted. */
export function statesOf(rig: FaultRig, sha: string): readonly string[] {
  return rig.forge.statuses.filter((status) => status.sha === sha).map(({ state }) => state)
}

/** Every fault of the rows is over within this, however busy the machine is. */
const deployedWithinMs = 180_000

/** Waits until the forge knows that the commit is deployed. */
export async function untilDeployed(rig: FaultRig, sha: string): Promise<void> {
  const isTold = () => statesOf(rig, sha).includes('success')
  await until(`${sha} is deployed`, isTold, deployedWithinMs)
}
