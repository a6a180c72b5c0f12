import { execFile } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { StageError } from '../domain/error.ts'
import type { Demo } from '../local/demo/start-demo.ts'
import { demoReplaceAfter, demoSweep } from '../local/demo/start-demo.ts'
import { type Story, stories } from '../local/demo/stories.ts'
import { applicationAnswer, type SyncAnswer, syncsAnswer } from './answers.ts'
import type { CliContext } from './context.ts'
import { tellDrift } from './drift-lines.ts'
import { createInstanceClient } from './instance-client.ts'
import { painter, safeText } from './output.ts'
import { tellRecord, witnessedAnswer } from './witness-lines.ts'

const run = promisify(execFile)
const patienceMs = 30_000
const lookMs = 25
const shell = ['sh', '-c', 'export', 'DEBUG=true'] as const

interface Stage {
  readonly ctx: CliContext
  readonly demo: Demo
  say(line: string): void
  ok(line: string): void
}

/** Plays the scenario and tells it; resolves to how many of its parts failed. */
export async function playDemo(ctx: CliContext, demo: Demo): Promise<number> {
  const paint = painter(ctx)
  const stage: Stage = {
    ctx,
    demo,
    say: (line) => ctx.stdout.write(`${line}\n`),
    ok: (line) => ctx.stdout.write(`   ${paint('green', '✓')} ${line}\n`),
  }
  const parts: readonly [string, (stage: Stage) => Promise<void>][] = [
    ['git push: deploy task-agent', playFirstPush],
    ['git push: a new image', playImagePush],
    ...stories.map((story): [string, (stage: Stage) => Promise<void>] => [
      `${story.title}: kubectl ${story.kubectl.join(' ')}`,
      (on) => playStory(on, story),
    ]),
    [`someone opens a shell in a pod: kubectl exec POD -- ${shell.join(' ')}`, playShell],
    ['git revert: roll back', playRevert],
  ]
  stage.say(`\nDrift is seen the moment it happens; a sweep looks every ${demoSweep} besides.`)
  let failed = 0
  for (const [index, [title, play]] of parts.entries()) {
    stage.say(`\n${paint('bold', `${index + 1}. ${title}`)}`)
    try {
      await play(stage)
    } catch (error) {
      failed += 1
      const text = error instanceof Error ? error.message : String(error)
      stage.say(`   ${paint('red', '✗')} ${safeText(text)}`)
    }
  }
  stage.say(`\n${parts.length - failed} of ${parts.length} parts happened as they should.`)
  return failed
}

async function playFirstPush(stage: Stage): Promise<void> {
  await follow(stage, await stage.demo.repository.push('deploy task-agent'))
}

async function playImagePush(stage: Stage): Promise<void> {
  const { repository } = stage.demo
  await repository.edit('apps/task-agent/deployment.yaml', (text) =>
    text.replace('task-agent:sha-abc123', 'task-agent:sha-def456'),
  )
  await follow(stage, await repository.push('task-agent sha-def456'))
}

async function playRevert(stage: Stage): Promise<void> {
  await follow(stage, await stage.demo.repository.revert())
  const image = await kubectl(
    stage,
    'get',
    'deployment/task-agent',
    '-o',
    'jsonpath={.spec.template.spec.containers[0].image}',
  )
  if (!image.endsWith('sha-abc123')) throw new StageError('INTERNAL', `the image is ${image}`)
  stage.ok(`the cluster runs ${image} again`)
}

/** Announces a push and waits for its final commit status. */
async function follow(stage: Stage, push: { before: string; after: string }): Promise<void> {
  const { demo } = stage
  const start = performance.now()
  const code = await demo.forge.announce(demo.webhookUrl, push)
  stage.ok(`signed webhook for ${push.after.slice(0, 7)} answered ${code}`)
  const signal = AbortSignal.any([stage.ctx.stopped, AbortSignal.timeout(patienceMs)])
  const status = await demo.forge.finalStatus(push.after, signal)
  const ms = (performance.now() - start).toFixed(0)
  const states = demo.forge.statuses(push.after).map(({ state }) => state)
  stage.ok(`commit status ${states.join(' → ')} after ${ms} ms: “${safeText(status.description)}”`)
  if (status.state !== 'success') throw new StageError('INTERNAL', `the status is ${status.state}`)
}

async function playStory(stage: Stage, story: Story): Promise<void> {
  const since = new Date().toISOString()
  const start = performance.now()
  const seen = await asAnn(stage, ...story.kubectl)
  const changed = performance.now() - start
  await untilRight(stage, story)
  const healed = performance.now() - start - changed
  const sync = await syncWithDrift(stage, since)
  tellWarnings(stage, seen)
  stage.ok(`healed ${healed.toFixed(0)} ms after kubectl had answered`)
  stage.ok('Landfall saw:')
  for (const drift of sync.drift) {
    for (const line of tellDrift(drift, painter(stage.ctx))) stage.say(`    ${line}`)
  }
}

async function untilRight(stage: Stage, story: Story): Promise<void> {
  const signal = AbortSignal.timeout(patienceMs)
  while (!signal.aborted) {
    stage.ctx.stopped.throwIfAborted()
    const object = await stage.demo.look(story.path)
    if (object !== undefined && story.isRight(object)) return
    await delay(lookMs)
  }
  throw new StageError('INTERNAL', `${story.title}: not undone within ${patienceMs / 1000} s`)
}

async function syncWithDrift(stage: Stage, since: string): Promise<SyncAnswer> {
  const client = createInstanceClient({ kind: 'socket', path: stage.demo.socket })
  const signal = AbortSignal.timeout(patienceMs)
  while (!signal.aborted) {
    const { syncs } = syncsAnswer.parse(await client.get('/applications/task-agent/syncs'))
    const sync = syncs.find((row) => (row.finishedAt ?? '') >= since && row.drift.length > 0)
    if (sync !== undefined) return sync
    await delay(lookMs)
  }
  throw new StageError('INTERNAL', 'no sync tells of the drift')
}

/** The story of the variable that was changed where Git does not see it. */
async function playShell(stage: Stage): Promise<void> {
  const name = await kubectl(stage, 'get', 'pods', '-o', 'jsonpath={.items[0].metadata.name}')
  const start = performance.now()
  await asAnn(stage, 'exec', name, '--', ...shell)
  stage.say(
    '   (no program runs in these pods, so no shell opens: the API server told of it before)',
  )
  const client = createInstanceClient({ kind: 'socket', path: stage.demo.socket })
  const touched = async () => {
    const { drift } = applicationAnswer.parse(await client.get('/applications/task-agent'))
    return drift.find((one) => one.type === 'touched' && one.name === name)
  }
  const drift = await until(stage, 'the pod is shown as touched', touched)
  for (const line of tellDrift({ ...drift, ref: drift }, painter(stage.ctx))) {
    stage.say(`    ${line}`)
  }
  await until(stage, 'the pod is replaced', async () => (await touched()) === undefined)
  const ms = (performance.now() - start).toFixed(0)
  stage.ok(`evicted after ${demoReplaceAfter}, and replaced: ${ms} ms after the shell`)
  const { witnessed } = witnessedAnswer.parse(await client.get(`/witnessed?kind=pod&name=${name}`))
  stage.ok('landfall who remembers:')
  for (const record of witnessed) {
    for (const line of tellRecord(record, painter(stage.ctx))) stage.say(`      ${line}`)
  }
}

async function until<T>(
  stage: Stage,
  fact: string,
  look: () => Promise<T>,
): Promise<Exclude<T, false | undefined>> {
  const signal = AbortSignal.timeout(patienceMs)
  while (!signal.aborted) {
    stage.ctx.stopped.throwIfAborted()
    const found = await look()
    if (found !== false && found !== undefined) return found as Exclude<T, false | undefined>
    await delay(lookMs)
  }
  throw new StageError('INTERNAL', `not so within ${patienceMs / 1000} s: ${fact}`)
}

/** What she sees: kubectl writes the warnings of the API server before its own line. */
async function asAnn({ demo }: Stage, ...args: readonly string[]): Promise<string> {
  const ann = ['--as=ann@example.com', '--as-group=system:masters']
  const command = ['--kubeconfig', demo.kubeconfig, ...ann, ...args]
  const { stderr } = await run(demo.kubectl, command).catch((error: { stderr: string }) => error)
  return stderr
}

function tellWarnings(stage: Stage, stderr: string): void {
  const warnings = stderr.split('\n').filter((line) => line.startsWith('Warning: '))
  if (warnings.length === 0) throw new StageError('INTERNAL', 'kubectl told ann of nothing')
  stage.ok('kubectl told ann@example.com, who did it:')
  for (const line of warnings) stage.say(`      ${painter(stage.ctx)('yellow', safeText(line))}`)
}

async function kubectl({ demo }: Stage, ...args: string[]): Promise<string> {
  const { stdout } = await run(demo.kubectl, ['--kubeconfig', demo.kubeconfig, ...args])
  return stdout.trim()
}
