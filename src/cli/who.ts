import { type Command, InvalidArgumentError } from 'commander'
import type { CliContext } from './context.ts'
import { findInstance, type InstanceOptions, withInstance } from './instance-option.ts'
import { painter, print } from './output.ts'
import { tellRecord, witnessedAnswer } from './witness-lines.ts'

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
      const { witnesses, witnessed } = witnessedAnswer.parse(answer)
      if (witnessed.length > 0) {
        return witnessed.map((one) => `${tellRecord(one, painter(ctx)).join('\n')}\n`).join('\n')
      }
      return witnesses.length === 0
        ? 'no cluster has a witness: set clusters.<name>.witness, then run: landfall witness install'
        : `no change of ${named.kind}/${named.name} by anybody but Landfall is on record, which goes back 30 days at most; check kind, name and namespace, and with landfall witness status whether the witness is asked`
    })
  })
}

function readNamed(text: string): Named {
  const [, kind, name] = /^([^/\s]+)\/([^/\s]+)$/.exec(text) ?? []
  if (kind !== undefined && name !== undefined) return { kind, name }
  throw new InvalidArgumentError('write KIND/NAME, such as deployment/web')
}
