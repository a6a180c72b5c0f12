import type { Command } from 'commander'
import { stringify } from 'yaml'
import { secretsOf } from '../domain/config-secrets.ts'
import type { KubeObject } from '../domain/kube-object.ts'
import { createLearningRedactor } from '../domain/redact.ts'
import { redactStrings } from '../domain/redact-strings.ts'
import { renderCommit } from '../engine/render-commit.ts'
import { hasSecretVariables } from '../engine/render-desired.ts'
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
      const redactor = createLearningRedactor()
      redactor.learn(secretsOf(config))
      const bench = await openWorkbench(ctx, config, application, options)
      const { source, renderer, cluster, revision } = bench
      try {
        const rendered = await renderCommit(
          { source, renderer, discovery: cluster.discovery },
          application,
          { revision, signal: ctx.stopped, onDecrypted: redactor.learn },
        )
        for (const warning of rendered.warnings) ctx.stderr.write(`warning: ${warning}\n`)
        const isSecret = rendered.isDecrypted === true || hasSecretVariables(application)
        for (const { object, origin } of rendered.objects) {
          const shown = isSecret ? withoutData(object) : object
          const text = stringify(redactStrings(shown, redactor.redact))
          ctx.stdout.write(`---\n# ${origin.file}:${origin.line}\n${text}`)
        }
      } finally {
        await bench.close()
      }
    })
}

/** Values of Secrets that Git has not in clear: short ones too, which the redactor leaves. */
function withoutData(object: KubeObject): KubeObject {
  const data = object['data']
  if (object.kind !== 'Secret' || typeof data !== 'object' || data === null) return object
  const masked = Object.keys(data).map((key) => [key, '[redacted]'])
  return { ...object, data: Object.fromEntries(masked) }
}
