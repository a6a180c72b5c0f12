export const isFullSize = process.env['FAULT_SIZE'] === 'full'

/** What `make faults` takes, and what the end-to-end tests take of it. */
export function sized<T>(sizes: { readonly small: T; readonly full: T }): T {
  return isFullSize ? sizes.full : sizes.small
}

/** Of a test file of the fault suite. */
export const faultTimeoutMs = sized({ small: 600_000, full: 1_800_000 })
