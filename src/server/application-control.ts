/** What an operator may ask for. `by` names who asked. Throws QUEUE_UNAVAILABLE. */
export interface ApplicationControl {
  sync(application: string, by: string): Promise<SyncRequested>
  pause(application: string, by: string): Promise<void>
  resume(application: string, by: string): Promise<void>
}

export interface SyncRequested {
  /** ISO 8601; the sync that answers the request starts at or after it. */
  readonly wantedAt: string
}
