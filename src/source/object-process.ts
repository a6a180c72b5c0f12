import type { Child } from '../sandbox/child.ts'
import { missingGit, oldGit } from './git-error.ts'
import { type ByteReader, readBytes } from './read-bytes.ts'

/** What git says of one object; `content` is empty where only its size was asked for. */
export interface GitObject {
  readonly oid: string
  readonly type: string
  readonly size: number
  readonly content: Buffer
}

export interface ObjectQuery {
  readonly what: 'info' | 'contents'
  /** Object ids, or the name of a ref of ours: nothing that a repository chose. */
  readonly names: readonly string[]
  /** Called in the order of `names`; undefined: there is no such object. */
  readonly onObject: (object: GitObject | undefined, index: number) => void
  readonly signal?: AbortSignal | undefined
}

/** One git with `objectArgs`: it answers one query after the other. */
export interface ObjectProcess {
  /** Rejects with git's own words, with what `onObject` threw, or with the signal's reason. */
  ask(query: ObjectQuery): Promise<void>
  isUsable(): boolean
  /** Lets what was asked be answered. */
  end(): void
}

export const objectArgs = ['cat-file', '--batch-command', '--buffer'] as const

const stderrLimit = 10_000

export function createObjectProcess(child: Child): ObjectProcess {
  const input = readBytes(child.stdout)
  let stderr = ''
  let usable = true
  let waiting = 0
  let tail: Promise<unknown> = Promise.resolve()
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(0, stderrLimit)
  })
  void child.exit.then(() => {
    usable = false
  })

  async function answer(query: ObjectQuery): Promise<Failure | undefined> {
    try {
      return await readAnswers(input, query)
    } catch {
      usable = false
      child.kill()
      throw await whyEnded(child, () => stderr)
    }
  }

  async function queue(query: ObjectQuery): Promise<void> {
    const { what, names, signal } = query
    const asked = tail.then(() => answer(query))
    tail = asked.catch(() => {})
    child.stdin.write(`${names.map((name) => `${what} ${name}\n`).join('')}flush\n`)
    // Where others wait for the process, the answer is read and dropped.
    const onAbort = () => {
      if (waiting === 1) child.kill()
    }
    signal?.addEventListener('abort', onAbort, { once: true })
    try {
      const failure = await asked
      if (failure !== undefined) throw failure.error
    } finally {
      signal?.removeEventListener('abort', onAbort)
      signal?.throwIfAborted()
    }
  }

  return {
    async ask(query) {
      query.signal?.throwIfAborted()
      if (query.names.length === 0) return
      waiting += 1
      child.hold(true)
      try {
        await queue(query)
      } finally {
        waiting -= 1
        if (waiting === 0) child.hold(false)
      }
    },
    isUsable: () => usable,
    end() {
      usable = false
      child.stdin.end()
    },
  }
}

interface Failure {
  readonly error: unknown
}

/** Reads all of it whatever the caller throws: the next answer begins where this one ends. */
async function readAnswers(
  input: ByteReader,
  { what, names, onObject, signal }: ObjectQuery,
): Promise<Failure | undefined> {
  let failure: Failure | undefined
  for (const index of names.keys()) {
    const object = await readAnswer(input, what)
    if (failure !== undefined || signal?.aborted === true) continue
    try {
      onObject(object, index)
    } catch (error: unknown) {
      failure = { error }
    }
  }
  return failure
}

/** `<oid> <type> <size>`, and the content in a line of its own; `<name> missing`. */
async function readAnswer(
  input: ByteReader,
  what: ObjectQuery['what'],
): Promise<GitObject | undefined> {
  const [oid = '', type = '', size] = (await input.line()).split(' ')
  if (size === undefined) return undefined
  if (what === 'info') return { oid, type, size: Number(size), content: Buffer.alloc(0) }
  const content = await input.take(Number(size) + 1)
  return { oid, type, size: Number(size), content: content.subarray(0, -1) }
}

async function whyEnded(child: Child, stderr: () => string): Promise<Error> {
  const exit = await child.exit
  if (exit.kind === 'unstartable') return missingGit(exit.error)
  if (/unknown option .*batch-command/.test(stderr())) return oldGit(stderr())
  return new Error(stderr() || `git cat-file ended early: ${JSON.stringify(exit)}`)
}
