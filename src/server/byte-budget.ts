/** A share of the bytes that all requests together may hold. */
export interface ByteLease {
  /** False: there is no room for so many more. */
  take(bytes: number): boolean
  release(): void
}

export interface ByteBudget {
  lease(): ByteLease
}

export function createByteBudget(limit: number): ByteBudget {
  let used = 0
  return {
    lease() {
      let held = 0
      return {
        take(bytes) {
          if (used + bytes > limit) return false
          used += bytes
          held += bytes
          return true
        },
        release() {
          used -= held
          held = 0
        },
      }
    },
  }
}
