/** Values of a key that are good, and those that are not with what is said of them. */
export interface KeyRow {
  readonly path: string
  readonly good: readonly string[]
  readonly bad: readonly (readonly [value: string, message: RegExp])[]
}

export const bool = [
  ['yes', /a string, write true or false/],
  ['1', /a number, write true or false/],
] as const
export const mapping = [
  ['[]', /a list, write a mapping/],
  ['text', /a string, write a mapping/],
] as const
