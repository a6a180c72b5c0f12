import type { Application } from '../domain/application.ts'
import type { HeldBack } from '../domain/application-record.ts'
import type { ObjectStatus } from '../domain/application-status.ts'
import { emptyInventory, type Inventory } from '../domain/inventory.ts'
import type { LearningRedactor } from '../domain/redact.ts'
import type { SyncRequest } from '../domain/sync-request.ts'
import type { ChosenRevision } from './choose-revision.ts'
import type { Judged } from './inspect-drift.ts'
import type { SyncJournal } from './sync-journal.ts'
import type { Target } from './target.ts'

/** What one process remembers of an application between its syncs; all of it may be lost. */
export interface ApplicationMemory {
  readonly judged: Judged
  /** How its objects were when last looked at; undefined: not since this process began. */
  objects: readonly ObjectStatus[] | undefined
  /** As last read or written. */
  inventory: Inventory | undefined
  /** Whether all of its objects were looked at. */
  hasLooked: boolean
  /** ms since epoch: when the last thorough look was, or this process began with it. */
  askedAt: number | undefined
}

/** One sync under way. */
export interface Run {
  readonly application: Application
  readonly request: SyncRequest
  readonly target: Target
  readonly journal: SyncJournal
  readonly memory: ApplicationMemory
  /** Masks what this sync has decrypted besides all that is known. */
  readonly redactor: Pick<LearningRedactor, 'redact' | 'learn'>
  /** As last read or written. */
  inventory: Inventory
  hasReadInventory: boolean
  chosen: ChosenRevision | undefined
  /** As this sync leaves it. */
  heldBack: HeldBack | undefined
  /** Whether this commit changes the application. */
  readonly isTouched: boolean
  /** Says, once, that this commit changes the application. */
  touch(): Promise<void>
}

function emptyMemory(): ApplicationMemory {
  return {
    judged: new Map(),
    objects: undefined,
    inventory: undefined,
    hasLooked: false,
    askedAt: undefined,
  }
}

export function createRun(options: {
  readonly application: Application
  readonly request: SyncRequest
  readonly target: Target
  readonly journal: SyncJournal
  readonly memories: Map<string, ApplicationMemory>
  readonly redactor: Run['redactor']
}): Run {
  const { application, request, target, journal, memories, redactor } = options
  const memory = memories.get(application.name) ?? emptyMemory()
  memories.set(application.name, memory)
  let touched = false
  return {
    application,
    request,
    target,
    journal,
    memory,
    redactor,
    inventory: emptyInventory,
    hasReadInventory: false,
    chosen: undefined,
    heldBack: request.heldBack,
    get isTouched() {
      return touched
    },
    async touch() {
      if (touched) return
      touched = true
      await request.onProgress({ record: journal.record('Running', 'syncing'), touched })
    },
  }
}
