/** What is kept of an object that was seen: enough to tell whether somebody touched it. */
export interface Sighting {
  readonly uid: string
  readonly resourceVersion: string
  /** undefined: its kind counts none. */
  readonly generation: number | undefined
  readonly isGoing: boolean
  /** Of our own fields; undefined: we own none. */
  readonly seal: string | undefined
  /** Hash of the fields that people added; undefined: none. */
  readonly extras: string | undefined
}

/**
 * What the watcher knows of an application: all that its inventory of that resourceVersion lists is
 * there and as it was applied, but for the suspects, which only the server can judge.
 */
export interface WatchNote {
  readonly inventory: string
  readonly suspects: readonly Sighting[]
  /** No object is known to be anything but healthy. */
  readonly isWell: boolean
}
