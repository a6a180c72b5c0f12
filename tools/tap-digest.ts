export interface TapDigest {
  read(line: string): void
  /** The totals tap printed last. An exit code that contradicts them counts as one failure. */
  close(exitCode: number | null): { passed: number; failed: number }
}

/**
 * Reads the output of a tap run line by line and passes on what a person needs: one line a test
 * file, everything tap said where one failed. A skipped or todo test counts as failed.
 */
export function createTapDigest(write: (text: string) => void): TapDigest {
  let block: string[] = []
  let totals: string | undefined

  function read(line: string): void {
    if (line.startsWith('# {')) totals = line
    if (!/^(not )?ok /.test(line)) {
      block.push(line)
      return
    }
    const isFine = line.startsWith('ok ') && !/ # (skip|todo)/i.test(line)
    if (!isFine) write(`${block.filter(isTelling).join('\n')}\n`)
    write(`${line}\n`)
    block = []
  }

  function close(exitCode: number | null): { passed: number; failed: number } {
    const count = (name: string) =>
      Number(new RegExp(`\\b${name}: (\\d+)`).exec(totals ?? '')?.[1] ?? 0)
    const passed = count('pass')
    const failed = count('fail') + count('skip') + count('todo')
    if (totals !== undefined && exitCode === 0 && failed === 0) return { passed, failed }
    write(`${block.join('\n')}\ntap ended with exit code ${exitCode}\n`)
    return { passed, failed: totals === undefined ? failed + 1 : Math.max(failed, 1) }
  }

  return { read, close }
}

/** In the output of a file that failed: what passed is of no interest. */
function isTelling(line: string): boolean {
  return line.trim() !== '' && !/^\s+ok \d+/.test(line) && !/^\s+\d+\.\.\d+$/.test(line)
}
