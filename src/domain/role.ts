/** What a process of Landfall does; one without a role does all of it. */
export const roles = ['receiver', 'worker'] as const
export type Role = (typeof roles)[number]
