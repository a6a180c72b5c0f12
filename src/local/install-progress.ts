import type { InstallEvent } from './install-tool.ts'
import { tellInstall } from './tell-install.ts'

export interface InstallProgress {
  readonly onEvent: (event: InstallEvent) => void
  stop(): void
}

const steps: ReadonlySet<InstallEvent['kind']> = new Set(['downloading', 'building'])

/**
 * Shows what is being installed and for how long already: a line that counts on a terminal, else a
 * line every 30 s. What is found needs no word unless `verbose`.
 */
export function createInstallProgress(
  out: NodeJS.WriteStream,
  { verbose }: { readonly verbose: boolean },
): InstallProgress {
  let current: { readonly text: string; readonly since: number } | undefined
  const tick = () => {
    if (current === undefined) return
    const seconds = Math.round((performance.now() - current.since) / 1000)
    if (out.isTTY) out.write(`\r\u001b[K${current.text} … ${seconds} s`)
    else out.write(`${current.text} … ${seconds} s\n`)
  }
  const timer = setInterval(tick, out.isTTY ? 1000 : 30_000).unref()
  const clear = () => {
    if (current !== undefined && out.isTTY) out.write('\r\u001b[K')
    current = undefined
  }

  return {
    onEvent: (event) => {
      clear()
      if (event.kind === 'found' && !verbose) return
      const text = tellInstall(event)
      out.write(`${text}\n`)
      if (steps.has(event.kind)) current = { text, since: performance.now() }
    },
    stop: () => {
      clear()
      clearInterval(timer)
    },
  }
}
