import type { Command } from 'commander'
import { stringify } from 'yaml'
import { renderCommit } from '../engine/render-commit.ts'
import type { CliContext } from './context.ts'
import { configOption } from './instance-option.ts'
import { findApplication, readConfig } from './read-config.ts'
import { openWorkbench, type Wanted } from './workbench.ts'

export function registerRender(program: Command, ctx: CliContext): void {
  program
    .command('render <application>')
    .description('print the objects of an application as YAML; needs no instance')
    .addOption(configOption())
    .option('--revision <sha>', 'a commit of the tracked branch instead of its tip')
    .option('--local <dir>', "the repository's files in a folder instead of a commit")
    .action(async (name: string, options: Wanted & { config: string }) => {
      const config = await readConfig(ctx, options.config)
      const application = findApplication(config, name)
      const bench = await openWorkbench(ctx, config, application, options)
      const { source, renderer, cluster, revision } = bench
      try {
        const rendered = await renderCommit(
          { source, renderer, discovery: cluster.discovery },
          application,
          { revision, signal: ctx.stopped },
        )
        for (const warning of rendered.warnings) ctx.stderr.write(`warning: ${warning}\n`)
        for (const { object, origin } of rendered.objects) {
          ctx.stdout.write(`---\n# ${origin.file}:${origin.line}\n${stringify(object)}`)
        }
      } finally {
        await bench.close()
      }
    })
}
