import { randomBytes } from 'node:crypto'
import type { Application } from '../domain/application.ts'
import type { Desired } from '../domain/change.ts'
import { secretsOf } from '../domain/config-secrets.ts'
import { ownNamespace } from '../domain/own-namespace.ts'
import { createLearningRedactor, type LearningRedactor, type Redact } from '../domain/redact.ts'
import { redactError } from '../domain/redact-error.ts'
import { redactStrings } from '../domain/redact-strings.ts'
import type { Revision } from '../domain/revision.ts'
import type { Config } from '../domain/settings.ts'
import type { Hook } from '../engine/hooks/hook.ts'
import { createMask } from '../engine/mask-secret.ts'
import { createNeighbours } from '../engine/neighbours.ts'
import { renderDesired } from '../engine/render-desired.ts'
import type { Target } from '../engine/target.ts'
import type { CliContext } from './context.ts'
import { findApplication, readConfig } from './read-config.ts'
import { openWorkbench, type Wanted } from './workbench.ts'

export interface DesiredBench {
  readonly target: Target
  readonly desired: readonly Desired[]
  readonly hooks: readonly Hook[]
  readonly revision: Revision
  /** For whatever is told besides masked fields. */
  readonly redact: Redact
}

/**
 * Renders a commit of an application and lends it, with its cluster; needs no instance. What is thrown
 * is redacted.
 */
export async function withDesired<T>(
  ctx: CliContext,
  name: string,
  options: Wanted & { readonly config: string },
  use: (bench: DesiredBench) => Promise<T>,
): Promise<T> {
  const config = await readConfig(ctx, options.config)
  const application = findApplication(config, name)
  const redactor = createLearningRedactor()
  redactor.learn(secretsOf(config))
  try {
    return await lend(ctx, { config, application, redactor, wanted: options }, use)
  } catch (error) {
    throw redactError(error, redactor.redact)
  }
}

interface Lent {
  readonly config: Config
  readonly application: Application
  readonly redactor: LearningRedactor
  readonly wanted: Wanted
}

async function lend<T>(
  ctx: CliContext,
  { config, application, redactor, wanted }: Lent,
  use: (bench: DesiredBench) => Promise<T>,
): Promise<T> {
  const bench = await openWorkbench(ctx, config, application, wanted)
  const { cluster, revision } = bench
  const hashKey = randomBytes(32)
  // A key of its own: each Secret is compared with the live one, whatever was last applied.
  const render = { ...bench, ownNamespace, hashKey: async () => hashKey }
  try {
    const { desired, hooks, warnings } = await renderDesired(render, cluster, {
      application,
      revision,
      signal: ctx.stopped,
      onDecrypted: redactor.learn,
    })
    for (const warning of warnings) ctx.stderr.write(`warning: ${redactor.redact(warning)}\n`)
    const mask = createMask(randomBytes(32))
    const target: Target = {
      application,
      cluster,
      client: cluster.as(application.serviceAccount, ctx.stopped),
      own: cluster.as(undefined, ctx.stopped),
      partOf: cluster.inventory.partOf(application.name),
      mask: (...field) => redactStrings(mask(...field), redactor.redact),
      neighbours: createNeighbours({
        render,
        cluster,
        application,
        applications: Array.from(config.applications.values()),
        revision,
        signal: ctx.stopped,
        onDecrypted: redactor.learn,
      }),
      signal: ctx.stopped,
    }
    return await use({ target, desired, hooks, revision, redact: redactor.redact })
  } finally {
    await bench.close()
  }
}
