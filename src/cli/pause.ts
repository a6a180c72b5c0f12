import type { Command } from 'commander'
import type { CliContext } from './context.ts'
import { findInstance, type InstanceOptions, withInstance } from './instance-option.ts'
import { print } from './output.ts'

export function registerPause(program: Command, ctx: CliContext): void {
  register(program, ctx, {
    verb: 'pause',
    description: 'stop deploying and healing an application until it is resumed',
    told: (name) => `${name} is paused; go on with: landfall resume ${name}`,
  })
}

export function registerResume(program: Command, ctx: CliContext): void {
  register(program, ctx, {
    verb: 'resume',
    description: 'go on deploying and healing a paused application',
    told: (name) => `${name} is resumed`,
  })
}

interface Verb {
  readonly verb: 'pause' | 'resume'
  readonly description: string
  readonly told: (name: string) => string
}

function register(program: Command, ctx: CliContext, { verb, description, told }: Verb): void {
  const command = program.command(`${verb} <application>`).description(description)
  withInstance(command).action(async (name: string, options: InstanceOptions) => {
    const instance = await findInstance(ctx, options)
    const answer = await instance.post(`/applications/${encodeURIComponent(name)}/${verb}`)
    print(ctx, options.output, answer, () => told(name))
  })
}
