import { type Command, InvalidArgumentError } from 'commander'
import { z } from 'zod'
import type { CliContext } from './context.ts'
import { valueText } from './drift-lines.ts'
import { findInstance, type InstanceOptions, withInstance } from './instance-option.ts'
import { type Paint, painter, print, safeText } from './output.ts'

interface WhoOptions extends InstanceOptions {
  readonly namespace?: string
}

interface Named {
  readonly kind: string
  readonly name: string
}

/** `landfall who deployment/task-agent`: what people did to an object, as the witness saw it. */
export function registerWho(program: Command, ctx: CliContext): void {
  const command = program
    .command('who')
    .description('tell who changed an object or opened a shell in its pods; needs a witness')
    .argument('<kind/name>', 'as kubectl takes it: deploy/web, service/web, pod/web-1', readNamed)
    .option('-n, --namespace <namespace>', 'of the object; left out: any')
  withInstance(command).action(async (named: Named, options: WhoOptions) => {
    const instance = await findInstance(ctx, options)
    const query = new URLSearchParams({ ...named })
    if (options.namespace !== undefined) query.set('namespace', options.namespace)
    const answer = await instance.get(`/witnessed?${query}`)
    print(ctx, options.output, answer, () => {
      const { witnesses, witnessed } = Answer.parse(answer)
      if (witnessed.length > 0) {
        return witnessed.map((one) => recordText(one, painter(ctx))).join('\n')
      }
      return witnesses.length === 0
        ? 'no cluster has a witness: set clusters.<name>.witness, then run: landfall witness install'
        : `nobody but Landfall changed ${named.kind}/${named.name} since it is witnessed`
    })
  })
}

function readNamed(text: string): Named {
  const [, kind, name] = /^([^/\s]+)\/([^/\s]+)$/.exec(text) ?? []
  if (kind !== undefined && name !== undefined) return { kind, name }
  throw new InvalidArgumentError('write KIND/NAME, such as deployment/web')
}

const Record = z.object({
  id: z.string(),
  at: z.string(),
  application: z.string(),
  ref: z.object({ kind: z.string(), namespace: z.string(), name: z.string() }),
  user: z.string(),
  groups: z.array(z.string()),
  verb: z.string(),
  manager: z.string().optional(),
  fields: z.array(
    z.object({
      path: z.string(),
      before: z.unknown().optional(),
      after: z.unknown().optional(),
    }),
  ),
  pod: z
    .object({
      name: z.string(),
      container: z.string().optional(),
      command: z.string().optional(),
    })
    .optional(),
  isDrift: z.boolean(),
  outcome: z.enum(['allowed', 'denied']),
  exemption: z.string().optional(),
  heal: z.object({ sync: z.string().optional(), at: z.string() }).optional(),
})
type RecordAnswer = z.infer<typeof Record>

const Answer = z.object({ witnesses: z.array(z.string()), witnessed: z.array(Record) })

function recordText(record: RecordAnswer, paint: Paint): string {
  const { at, user, groups, application, ref, fields, exemption } = record
  const name = ref.namespace === '' ? ref.name : `${ref.namespace}/${ref.name}`
  const lines = [
    `${at}  ${paint('bold', safeText(user))}  ${stateText(record, paint)}`,
    safeText(`  ${doneText(record)} ${ref.kind} ${name} of ${application}`),
    ...(groups.length === 0 ? [] : [safeText(`  groups: ${groups.join(', ')}`)]),
    ...(exemption === undefined ? [] : [safeText(`  allowed since ${exemption}`)]),
    ...fields.map(({ path, before, after }) =>
      safeText(
        before === undefined && after === undefined
          ? `    ${path}`
          : `    ${path}: ${valueText(before)} → ${valueText(after)}`,
      ),
    ),
  ]
  return `${lines.join('\n')}\n`
}

function doneText({ verb, manager, pod }: RecordAnswer): string {
  const by = manager === undefined ? '' : ` with ${manager}`
  if (pod === undefined) return `${verb}${by}`
  const container = pod.container === undefined ? '' : `, container ${pod.container}`
  const command = pod.command === undefined ? '' : `: ${pod.command}`
  return `${verb}${by} in pod ${pod.name}${container}${command};`
}

function stateText({ outcome, heal, isDrift, pod }: RecordAnswer, paint: Paint): string {
  if (outcome === 'denied') return paint('red', 'refused')
  if (heal?.sync !== undefined) {
    return paint('green', `undone at ${heal.at} by sync ${heal.sync.slice(0, 8)}`)
  }
  if (heal !== undefined) return paint('green', `pod gone at ${heal.at}`)
  if (!isDrift) return 'left: nothing that Git declares'
  return paint('yellow', pod === undefined ? 'not undone' : 'pod still runs')
}
