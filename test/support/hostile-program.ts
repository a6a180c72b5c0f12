import { execFileSync, spawn } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Test } from 'tap'
import { findGuard } from '../../src/sandbox/guard.ts'
import { type Caps, isolate } from '../../src/sandbox/isolate.ts'
import type { Isolation } from '../../src/sandbox/isolation.ts'
import { runChild } from '../../src/sandbox/run-child.ts'
import { privateDirs } from './isolations.ts'

export interface HostileProgram {
  readonly file: string
  /** `root` is where the program finds the checkout. */
  readonly args: (root: string) => readonly string[]
  readonly caps?: Partial<Caps>
  readonly timeoutMs?: number
}

// Node alone reserves some ten gigabytes of addresses.
export const wideCaps: Caps = {
  memoryBytes: 64 * 1024 ** 3,
  cpuSeconds: 60,
  fileBytes: 1024 ** 2,
  processes: 64,
}

/** Runs a program that may do whatever it likes, in folder `app` of a checkout of one file. */
export async function runHostile(t: Test, isolation: Isolation, hostile: HostileProgram) {
  const { command, root } = await prepare(t, isolation, hostile)
  const { signal } = new AbortController()
  const limits = { signal, timeoutMs: hostile.timeoutMs ?? 30_000, maxOutputBytes: 1000 }
  const outcome = await runChild(findGuard(), command, limits)
  return { ...outcome, stdout: outcome.stdout.toString(), root }
}

/** The same as a user without rights, whose processes the kernel counts: it does not count root's. */
export async function runAsNobody(t: Test, isolation: Isolation, hostile: HostileProgram) {
  const { command, own } = await prepare(t, isolation, hostile)
  const isRoot = process.getuid?.() === 0
  if (isRoot) execFileSync('chown', ['-R', '65534:65534', dirname(own)])
  const [file, ...args] = command.argv
  const { cwd, env } = command
  const user = isRoot ? { uid: 65_534, gid: 65_534 } : {}
  const child = spawn(file, args, { cwd, env, stdio: ['ignore', 'pipe', 'ignore'], ...user })
  return { stdout: await text(child.stdout) }
}

async function prepare(t: Test, isolation: Isolation, hostile: HostileProgram) {
  const dirs = await privateDirs(t)
  const own = await dirs.make()
  const root = await dirs.make()
  await mkdir(join(root, 'app'))
  await writeFile(join(root, 'app', 'file'), 'of the checkout', { mode: 0o400 })
  const caps = { ...wideCaps, ...hostile.caps }
  const command = await isolate(isolation, { ...hostile, root, cwd: 'app', env: {}, caps }, own)
  return { command, root, own }
}

/** A program in JavaScript; `words` are its `process.argv` from 1 on. */
export function nodeProgram(code: string, ...words: readonly string[]): HostileProgram {
  return { file: process.execPath, args: () => ['-e', code, ...words] }
}

/** A script for the shell; `$0` is the checkout. */
export function shellProgram(code: string): HostileProgram {
  const path = 'PATH=/usr/sbin:/usr/bin:/sbin:/bin'
  return { file: '/bin/sh', args: (root) => ['-c', `${path}\n${code}`, root] }
}
