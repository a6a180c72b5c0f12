/** A state of one commit under one context; forges map it to their own words. */
export type CommitState = 'pending' | 'success' | 'failure' | 'error' | 'superseded'

export interface CommitStatus {
  readonly sha: string
  /** Full ref name the commit was seen on, e.g. refs/heads/main. */
  readonly ref: string
  readonly state: CommitState
  /** `landfall/<application>` */
  readonly context: string
  readonly description: string
  readonly targetUrl: string | undefined
}

/** At most `limit` code points, the last one an ellipsis when something was cut. */
export function truncate(text: string, limit: number): string {
  const points = Array.from(text)
  return points.length <= limit ? text : `${points.slice(0, limit - 1).join('')}…`
}
