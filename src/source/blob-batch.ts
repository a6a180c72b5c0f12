/** Gathers the blobs asked for in one turn of the event loop, so that they cost one process. */
export function createBlobBatch(
  readAll: (
    oids: readonly string[],
    onBlob: (content: Buffer, index: number) => void,
  ) => Promise<void>,
): (oid: string) => Promise<Buffer> {
  let waiting = new Map<string, PromiseWithResolvers<Buffer>>()

  function flush(): void {
    const batch = [...waiting]
    waiting = new Map()
    const oids = batch.map(([oid]) => oid)
    readAll(oids, (content, index) => batch[index]?.[1].resolve(content)).catch(
      (error: unknown) => {
        for (const [, reader] of batch) reader.reject(error)
      },
    )
  }

  return (oid) => {
    const known = waiting.get(oid)
    if (known !== undefined) return known.promise
    if (waiting.size === 0) setImmediate(flush)
    const reader = Promise.withResolvers<Buffer>()
    waiting.set(oid, reader)
    return reader.promise
  }
}
