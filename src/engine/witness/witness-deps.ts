import type { ObjectClient } from '../../cluster/cluster.ts'
import type { Application } from '../../domain/application.ts'
import type { Origin } from '../../domain/change.ts'
import type { Clock } from '../../domain/clock.ts'
import type { StageError } from '../../domain/error.ts'
import type { TouchedPod } from '../../domain/touched-pod.ts'
import type { WitnessRecord } from '../../domain/witness-record.ts'
import type { MaskField } from '../mask-secret.ts'
import type { Timers } from '../timers.ts'
import type { Standing } from './hand-edit.ts'
import type { ManagedObjects } from './managed-objects.ts'

export interface WitnessDeps {
  readonly cluster: string
  readonly client: Pick<ObjectClient, 'get'>
  readonly objects: ManagedObjects
  /**
   * As whom Landfall writes to the cluster; `look` asks whether there are more by now, and gives
   * whether anybody could say.
   */
  readonly users: { known(): ReadonlySet<string>; look(): Promise<boolean> }
  /** How an application and one of its objects (by `refKey`) stand. Throws where nobody knows. */
  readonly standingOf: (application: string, key: string) => Promise<Standing>
  readonly linkTo: (application: Application, origin: Origin) => string | undefined
  readonly records: WitnessMemory
  /** The object (by `refKey`) was changed by somebody else. */
  readonly wake: (application: string, key: string) => void
  readonly mask: MaskField
  readonly clock: Clock
  readonly timers: Timers
  /** What could not be written down, or read. */
  readonly onTrouble: (error: StageError) => void
}

/** Where it is written down; every method may throw. */
export interface WitnessMemory {
  add(record: WitnessRecord): Promise<void>
  drop(record: WitnessRecord): Promise<void>
  touch(pod: TouchedPod): Promise<void>
  /** False: this shell was told a moment ago. */
  isNewShell(shell: string): Promise<boolean>
}
