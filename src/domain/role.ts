/** What a process of Landfall does; one without a role does all of it. */
export const roles = ['receiver', 'worker', 'watcher', 'witness'] as const
export type Role = (typeof roles)[number]

/** Whether a process with that role does this part of the work. */
export function does(role: Role | undefined, part: Role): boolean {
  return role === undefined || role === part
}
