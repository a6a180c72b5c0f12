import { open } from 'node:fs/promises'

const headBytes = 4096

/** Whether the file is a 64-bit program that needs no loader and no library, as Go links them. */
export async function isStaticProgram(file: string): Promise<boolean> {
  const handle = await open(file)
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(headBytes), 0, headBytes, 0)
    return hasNoInterpreter(buffer.subarray(0, bytesRead))
  } finally {
    await handle.close()
  }
}

const interpreterSegment = 3

// Offsets of elf(5), class 64, little-endian.
function hasNoInterpreter(head: Buffer): boolean {
  if (head.length < 64 || head.readUInt32BE(0) !== 0x7f454c46) return false
  if (head[4] !== 2 || head[5] !== 1) return false
  const start = Number(head.readBigUInt64LE(32))
  const size = head.readUInt16LE(54)
  const count = head.readUInt16LE(56)
  if (count === 0 || size < 4 || start + size * count > head.length) return false
  const types = Array.from({ length: count }, (_, index) => head.readUInt32LE(start + size * index))
  return !types.includes(interpreterSegment)
}
