import { z } from 'zod'
import type { WitnessedPod } from '../../domain/witness-record.ts'
import type { AdmissionRequest } from './admission-review.ts'
import { redactCommand } from './redact-command.ts'

const text = z.string().default('')
const words = z.array(z.string()).default([])

/** PodExecOptions, PodAttachOptions. */
const Options = z.object({ container: text, command: words })

const Ephemeral = z.object({ name: z.string(), image: text, command: words, args: words })
const Pod = z.object({ spec: z.object({ ephemeralContainers: z.array(Ephemeral).default([]) }) })

/** What a request of exec, attach or debug runs, and where. */
export type Started = Pick<WitnessedPod, 'container' | 'image' | 'command'>

/** One request may bring several debug containers. */
const longest = 300

/** As it may be told. */
export function startedInPod(request: AdmissionRequest): Started {
  if (request.operation !== 'CONNECT') return startedByDebug(request)
  const { container } = optionsOf(request)
  return {
    container: told(container),
    image: undefined,
    command: told(tellWords(wordsOf(request))),
  }
}

/** The whole command line of an exec, arguments and all: to compare, and never to tell. */
export function wordsOf(request: AdmissionRequest): readonly string[] {
  return optionsOf(request).command
}

function startedByDebug({ object, oldObject }: AdmissionRequest): Started {
  const known = new Set(ephemeralIn(oldObject).map(({ name }) => name))
  const added = ephemeralIn(object).filter(({ name }) => !known.has(name))
  return {
    container: told(added.map(({ name }) => name).join(', ')),
    image: told(added.map(({ image }) => image).join(', ')),
    command: told(added.map(tellDebugged).filter(Boolean).join('; ')),
  }
}

function tellDebugged({ command, args }: z.output<typeof Ephemeral>): string {
  // Without a command they are arguments of what the image runs.
  return tellWords(command.length === 0 && args.length > 0 ? ['', ...args] : [...command, ...args])
}

function tellWords(line: readonly string[]): string {
  return line.length === 0 ? '' : redactCommand(line)
}

function ephemeralIn(pod: AdmissionRequest['object']): readonly z.output<typeof Ephemeral>[] {
  return Pod.safeParse(pod).data?.spec.ephemeralContainers ?? []
}

function optionsOf({ object }: AdmissionRequest): z.output<typeof Options> {
  return Options.safeParse(object).data ?? { container: '', command: [] }
}

function told(line: string): string | undefined {
  return line === '' ? undefined : line.slice(0, longest)
}
