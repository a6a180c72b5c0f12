import type { Command } from 'commander'
import { tellAllowed } from './allowed-lines.ts'
import {
  type ApplicationAnswer,
  type ApplicationsAnswer,
  applicationAnswer,
  applicationsAnswer,
} from './answers.ts'
import type { CliContext } from './context.ts'
import { tellDrift } from './drift-lines.ts'
import { tellFailure } from './failure-lines.ts'
import { findInstance, type InstanceOptions, withInstance } from './instance-option.ts'
import { type Paint, painter, print, safeText, table } from './output.ts'

export function registerStatus(program: Command, ctx: CliContext): void {
  const command = program
    .command('status [application]')
    .description('show what is deployed, whether it is as Git wants it, and how healthy it is')
  withInstance(command).action(async (name: string | undefined, options: InstanceOptions) => {
    const instance = await findInstance(ctx, options)
    const paint = painter(ctx)
    if (name === undefined) {
      const answer = await instance.get('/applications')
      print(ctx, options.output, answer, () => listText(applicationsAnswer.parse(answer), paint))
      return
    }
    const answer = await instance.get(`/applications/${encodeURIComponent(name)}`)
    print(ctx, options.output, answer, () => oneText(applicationAnswer.parse(answer), paint))
  })
}

function listText({ applications, unconfigured }: ApplicationsAnswer, paint: Paint): string {
  const rows = applications.map((application) => [
    application.name,
    syncText(application, paint),
    healthText(application.health, paint),
    application.revision?.slice(0, 7) ?? '-',
    safeText(application.message),
  ])
  const listed = table([['APPLICATION', 'SYNC', 'HEALTH', 'REVISION', 'MESSAGE'], ...rows])
  const left = unconfigured.map(({ name, cluster }) =>
    safeText(`  ${name} in cluster ${cluster}; it has objects there: landfall remove ${name}`),
  )
  return `${listed}${section('NOT CONFIGURED', left)}`
}

function oneText(application: ApplicationAnswer, paint: Paint): string {
  const head = table([
    ['application', application.name],
    ['sync', syncText(application, paint)],
    ['health', healthText(application.health, paint)],
    ['revision', application.revision ?? '-'],
    ['message', safeText(application.message)],
    ['observed', application.observedAt ?? '-'],
  ])
  const objects = application.objects.map((object) => [
    object.kind,
    object.namespace === '' ? '-' : object.namespace,
    object.name,
    healthText(object.health, paint),
    object.action,
    safeText(object.message),
  ])
  const body =
    objects.length === 0
      ? ''
      : `\n${table([['KIND', 'NAMESPACE', 'NAME', 'HEALTH', 'ACTION', 'MESSAGE'], ...objects])}`
  const failed = tellFailure(application.failure, paint)
  const drift = application.drift.flatMap((item) => tellDrift({ ...item, ref: item }, paint))
  const allowed = tellAllowed(
    application.allowed.map((item) => ({ ...item, ref: item })),
    paint,
  )
  const warnings = application.warnings.map((warning) => paint('yellow', safeText(warning)))
  const foot = [section('DRIFT', drift), section('ALLOWED', allowed), section('WARNINGS', warnings)]
  return `${head}${section('FAILED', failed)}${body}${foot.join('')}`
}

function section(heading: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `\n${heading}\n${lines.join('\n')}\n`
}

function syncText({ syncStatus, paused }: ApplicationAnswer, paint: Paint): string {
  const text = paint(syncStatus === 'Synced' ? 'green' : 'yellow', syncStatus)
  return paused === undefined
    ? text
    : `${text} ${paint('yellow', `(paused by ${safeText(paused.by)})`)}`
}

function healthText(health: string, paint: Paint): string {
  if (health === 'Healthy') return paint('green', health)
  return paint(health === 'Degraded' || health === 'Missing' ? 'red' : 'yellow', health)
}
