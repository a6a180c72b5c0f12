import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Command } from 'commander'
import { StageError } from '../domain/error.ts'
import { installWitness } from '../engine/witness/installation.ts'
import { type Demo, startDemo } from '../local/demo/start-demo.ts'
import type { CliContext } from './context.ts'
import { playDemo } from './demo-play.ts'
import { findRenderTools } from './render-tools.ts'
import { withWitness } from './with-witness.ts'

export function registerDemo(program: Command, ctx: CliContext): void {
  program
    .command('demo')
    .description(
      'a real control plane, a Git server and Landfall; then a push, four drifts, a shell in a pod, a revert',
    )
    .option('--once', 'end after the scenario, also on a terminal')
    .action(async ({ once }: { once?: boolean }) => {
      const dir = await mkdtemp(join(tmpdir(), 'landfall-demo-'))
      let demo: Demo | undefined
      try {
        demo = await startDemo({
          dir,
          env: ctx.env,
          say: (line) => ctx.stdout.write(`${line}\n`),
          async installWitness(config) {
            for (const settings of config.witnesses.values()) {
              await withWitness(ctx, { config, settings }, installWitness)
            }
          },
          startInstance: async (config, redisUrl) =>
            ctx.startInstance(config, {
              role: undefined,
              redisUrl,
              tools: await findRenderTools(ctx.env),
              log: 'silent',
            }),
          signal: ctx.stopped,
        })
        const failed = await playDemo(ctx, demo)
        if (failed > 0) throw new StageError('INTERNAL', `${failed} part(s) of the demo failed`)
        if (once !== true && ctx.stdout.isTTY) await stayUp(ctx, demo)
      } finally {
        await demo?.close()
        await rm(dir, { recursive: true, force: true })
      }
    })
}

async function stayUp(ctx: CliContext, demo: Demo): Promise<void> {
  ctx.stdout.write(`
It stays up until Ctrl-C. Try it:
  export KUBECONFIG=${demo.kubeconfig}
  ${demo.kubectl} scale deployment/task-agent --replicas=7
  cd ${demo.repository.work} && edit apps/task-agent, git commit -am "mine" && git push origin HEAD:main
Commit statuses: ${demo.forge.url}
`)
  await demo.announcePushes(ctx.stopped)
}
