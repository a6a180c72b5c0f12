/** Awaits what would not keep this process alive by itself: the end of a daemon. */
export async function stayAlive<T>(promise: Promise<T>): Promise<T> {
  const timer = setInterval(() => {}, 1000)
  try {
    return await promise
  } finally {
    clearInterval(timer)
  }
}
