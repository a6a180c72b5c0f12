export const asked = ['objects', 'scale', 'pods'] as const
/** Which of the witness' webhooks asks. */
export type Asked = (typeof asked)[number]
