import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { WantedTool } from '../../src/local/find-tool.ts'
import type { ToolPin } from '../../src/local/tool-pins.ts'

/** A pinned tool called `agent`, as tests want it. */
export function aTool(pin: Partial<ToolPin> = {}): WantedTool {
  return {
    name: 'agent',
    pin: {
      version: '1.2.3',
      versionArgs: ['--version'],
      download: { url: 'https://tools.test/agent', checksums: 'https://tools.test/agent.sha256' },
      ...pin,
    },
    platform: { os: 'linux', arch: 'amd64' },
  }
}

/** A program that prints a version. */
export function script(version: string): string {
  return `#!/bin/sh\necho ${version}\n`
}

export async function writeProgram(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, text, { mode: 0o755 })
}
