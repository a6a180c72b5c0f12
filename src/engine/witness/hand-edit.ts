import type { Application } from '../../domain/application.ts'
import type { Paused } from '../../domain/application-record.ts'
import type { Declared, Origin } from '../../domain/change.ts'
import type { KubeObject } from '../../domain/kube-object.ts'
import type { AdmissionAnswer, AdmissionRequest } from './admission-review.ts'
import type { Hand } from './judge-write.ts'
import { exemptBy } from './requester.ts'

/** An object that has it may be changed by hand; its value is the reason. */
const emergencyAnnotation = 'landfall.dev/emergency'

/** What the queue knows of an application; undefined as a whole: it cannot be asked. */
export interface Standing {
  readonly paused: Paused | undefined
  /** What Git says of the object. */
  readonly declared: Declared | undefined
}

export interface HandEdit {
  readonly request: AdmissionRequest
  readonly application: Application
  /** The object as it will be, or as it was where it goes. */
  readonly object: KubeObject | undefined
  /** Only a person's is refused. */
  readonly hand: Hand
  readonly standing: Standing | undefined
  /** Of the file on its forge; undefined: it has none. */
  readonly linkTo: (origin: Origin) => string | undefined
}

export interface Decision extends AdmissionAnswer {
  /** Why it is allowed where hand edits are denied. */
  readonly exemption: string | undefined
}

export const pass: Decision = { allowed: true, warnings: [], message: '', exemption: undefined }

/**
 * What a person hears who changes by hand what Git declares. It is refused only where that is
 * configured, the application is not paused, and the queue could be asked whether it is.
 */
export function answerHandEdit(edit: HandEdit): Decision {
  const { application, standing } = edit
  const { policy } = application.handEdits
  if (policy === 'silent') return pass
  const isRefused = policy === 'deny' && edit.hand === 'person'
  if (!isRefused || standing === undefined) return warn(edit, undefined)
  if (standing.paused !== undefined) return warn(edit, 'the application is paused')
  const exemption = exemptionOf(edit)
  if (exemption !== undefined) return warn(edit, exemption)
  return { allowed: false, warnings: linkOf(edit), message: refusal(edit), exemption: undefined }
}

function exemptionOf({ request, application, object }: HandEdit): string | undefined {
  const { exempt } = application.handEdits
  const reason = object?.metadata?.annotations?.[emergencyAnnotation]?.trim()
  if (exempt.annotation && reason !== undefined && reason !== '') return `emergency: ${reason}`
  return exemptBy(request.userInfo, exempt)
}

function warn(edit: HandEdit, exemption: string | undefined): Decision {
  const { application, standing } = edit
  const { name } = application
  const where = whereManaged(edit)
  const text =
    standing?.paused !== undefined
      ? `${where}; ${name} is paused by ${printable(standing.paused.by)}: this is undone after \`landfall resume ${name}\`; edit it there to keep it`
      : application.sync.drift === 'report'
        ? `${where}; this is told as drift; edit it there`
        : `${where}; this will be undone; edit it there, or \`landfall pause ${name}\``
  return { allowed: true, warnings: [text, ...linkOf(edit)], message: '', exemption }
}

function refusal(edit: HandEdit): string {
  const { name, handEdits } = edit.application
  const emergency = handEdits.exempt.annotation
    ? `; in an emergency, say why in its annotation ${emergencyAnnotation}`
    : ''
  return `${whereManaged(edit)}; changes by hand are refused; edit it there, or \`landfall pause ${name}\`${emergency}`
}

function whereManaged({ application, standing }: HandEdit): string {
  const { origin } = standing?.declared ?? {}
  const file = origin === undefined ? application.path || '.' : `${origin.file}:${origin.line}`
  return `managed by Landfall from ${printable(shortRepo(application.repo))} ${printable(file)}`
}

function linkOf({ standing, linkTo }: HandEdit): string[] {
  const { origin } = standing?.declared ?? {}
  const link = origin && linkTo(origin)
  return link === undefined ? [] : [printable(link)]
}

/** `acme/deploy`; of a repository on disk no more than that. */
function shortRepo(repo: string): string {
  const scp = /^[^:/]+@[^:/]+:(.*)$/.exec(repo)?.[1]
  const path = scp ?? (URL.canParse(repo) ? new URL(repo).pathname : repo)
  const segments = path
    .replace(/\.git\/*$/, '')
    .split('/')
    .filter((part) => part !== '')
  return (repo.startsWith('file:') ? segments.slice(-2) : segments).join('/')
}

/** A header of HTTP carries it, and a terminal shows it. */
function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, 300)
}
