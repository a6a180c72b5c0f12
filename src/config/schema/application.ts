import { z } from 'zod'
import { branchFault, normalizePath, pathFault } from '../git-name.ts'
import { parseRepoUrl } from '../parse-repo-url.ts'
import { Allow } from './allow.ts'
import { Credentials } from './credentials.ts'
import { Duration } from './duration.ts'
import { HandEditExemptions } from './hand-edits.ts'
import { HealthRules } from './health.ts'
import { IgnoreRule } from './ignore.ts'
import { ManagerRules } from './managers.ts'
import { EntryName, Namespace } from './name.ts'
import { Render } from './render.ts'
import { PullRequests, Report } from './report.ts'
import { Sync } from './sync.ts'
import { fault, text } from './text.ts'

const Repo = text('a URL such as https://github.com/acme/deploy.git').check(
  fault((value) => {
    const url = parseRepoUrl(value)
    return url.kind === 'refused' ? url.reason : undefined
  }),
)

const ServiceAccount = text('NAMESPACE/NAME').transform((value, context) => {
  const [, namespace, name] = /^([^/]+)\/([^/]+)$/.exec(value) ?? []
  if (namespace === undefined || !isObjectName(name)) {
    context.addIssue('not a ServiceAccount, write NAMESPACE/NAME, such as default/deployer')
    return z.NEVER
  }
  const fault = Namespace.safeParse(namespace).error?.issues[0]
  if (fault === undefined) return { namespace, name }
  context.addIssue(`its namespace is refused: ${fault.message}`)
  return z.NEVER
})

function isObjectName(name: string | undefined): name is string {
  return name !== undefined && /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/.test(name)
}

const source = {
  forge: EntryName.optional().meta({
    description: 'Key of the forge whose webhooks trigger it. Left out: only the sweep does.',
    examples: ['github'],
  }),
  repo: Repo.optional().meta({
    description: 'Repository: https, ssh, or git@host:path; others only by security.',
    examples: ['https://github.com/acme/deploy.git', 'git@github.com:acme/deploy.git'],
  }),
  credentials: Credentials.optional().meta({
    description:
      'How the repository is read. Left out: with the token of its forge where the repository is on that, else without.',
  }),
  branch: text('a branch such as main')
    .check(fault(branchFault))
    .optional()
    .meta({ description: 'Branch whose tip is deployed.', examples: ['main'] }),
}

const path = text('a directory such as apps/web, or "." for the root')
  .check(fault(pathFault))
  .transform(normalizePath)
  .meta({
    description: 'Directory in the repository; "." is the root.',
    examples: ['apps/task-agent', '.'],
  })

const target = {
  cluster: EntryName.optional().meta({
    description: 'Key of the cluster it is deployed to.',
    examples: ['prod'],
  }),
  namespace: Namespace.optional().meta({
    description: 'Namespace of objects that name none.',
    examples: ['default'],
  }),
  render: Render.optional().meta({
    description: 'How the files become objects.',
    default: { type: 'auto' },
  }),
  sync: Sync.optional().meta({ description: 'When and how it is synced.' }),
  serviceAccount: ServiceAccount.optional().meta({
    description:
      'ServiceAccount, NAMESPACE/NAME, impersonated for every request on its objects. Left out: what the cluster gives Landfall itself.',
    examples: ['default/task-agent-deployer'],
  }),
  allow: Allow.optional().meta({
    description: 'What it may contain; checked before anything is written.',
  }),
  ignore: z
    .array(IgnoreRule)
    .optional()
    .meta({ description: 'Fields that others own.', default: [] }),
  managers: ManagerRules.optional().meta({
    description:
      'What the field managers of its objects are; the first rule that matches decides, and where none does, the known names.',
    default: [],
  }),
  health: HealthRules.optional().meta({
    description:
      "How healthy objects of a kind are, in place of Landfall's own rule; a sync waits for them then.",
    default: [],
  }),
  handEdits: z.enum(['warn', 'deny', 'silent']).optional().meta({
    description:
      'Where the cluster has a witness: warn tells whoever changes by hand what Git declares, deny refuses the change, silent only records it.',
    default: 'warn',
  }),
  handEditExemptions: HandEditExemptions.optional().meta({
    description:
      'Whose changes handEdits: deny lets through, warned and recorded; whose shells are recorded and leave a pod as not touched.',
  }),
  touchedPods: z.enum(['report', 'replace']).optional().meta({
    description:
      'Where the cluster has a witness: what happens to a pod in which somebody opened a shell. replace evicts it.',
    default: 'report',
  }),
  replaceAfter: Duration.optional().meta({
    description: 'How long a touched pod is left before it is replaced: 1s to 24h.',
    default: '15m',
  }),
  pullRequests: PullRequests.optional().meta({ description: 'What pull requests are told.' }),
  report: Report.optional().meta({ description: 'What the forge is told.' }),
}

export const Application = z.strictObject({ ...source, path, ...target })
export type Application = z.output<typeof Application>

/** What applications may have in common. */
export const Defaults = z.strictObject({ ...source, ...target })
export type Defaults = z.output<typeof Defaults>
