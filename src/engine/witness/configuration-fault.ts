import { z } from 'zod'
import type { KubeObject } from '../../domain/kube-object.ts'
import { canonicalJson } from '../canonical-json.ts'
import { namespaceLabel } from './webhook-configuration.ts'

const Selector = z.object({
  matchLabels: z.record(z.string(), z.string()).default({}),
  matchExpressions: z
    .array(
      z.object({
        key: z.string(),
        operator: z.string(),
        values: z.array(z.string()).default([]),
      }),
    )
    .default([]),
})
type Selector = z.output<typeof Selector>

const Webhook = z.object({
  name: z.string(),
  clientConfig: z.unknown(),
  rules: z.unknown(),
  namespaceSelector: Selector.default({ matchLabels: {}, matchExpressions: [] }),
  objectSelector: z.unknown(),
  failurePolicy: z.unknown(),
  matchPolicy: z.unknown(),
  timeoutSeconds: z.unknown(),
})
type Webhook = z.output<typeof Webhook>

/**
 * What the API server is told otherwise than it should be; undefined: nothing that leaves something
 * unseen, or stands in somebody's way. As whom Landfall writes is left out: that changes by itself.
 */
export function configurationFault(wanted: KubeObject, found: KubeObject): string | undefined {
  const told = new Map(webhooksOf(found).map((webhook) => [webhook.name, webhook]))
  const faults = webhooksOf(wanted).flatMap((webhook) => faultsOf(webhook, told.get(webhook.name)))
  return faults.length === 0 ? undefined : [...new Set(faults)].join('; ')
}

function webhooksOf(configuration: KubeObject): readonly Webhook[] {
  return z.array(Webhook).catch([]).parse(configuration['webhooks'])
}

function faultsOf(wanted: Webhook, found: Webhook | undefined): string[] {
  if (found === undefined) return [`the API server has no webhook ${wanted.name}`]
  const unseen = unseenNamespaces(wanted.namespaceSelector, found.namespaceSelector)
  return [
    ...(isSame(wanted, found, 'clientConfig')
      ? []
      : ['the API server asks elsewhere, or trusts another certificate']),
    ...(unseen === undefined ? [] : [`the API server does not ask about ${unseen}`]),
    ...(['rules', 'objectSelector', 'failurePolicy', 'matchPolicy', 'timeoutSeconds'] as const)
      .filter((key) => !isSame(wanted, found, key))
      .map((key) => `the webhook ${wanted.name} has other ${key}`),
  ]
}

function isSame(a: Webhook, b: Webhook, key: keyof Webhook): boolean {
  return canonicalJson(a[key]) === canonicalJson(b[key])
}

/** undefined: those that are wanted are seen, and maybe more. */
function unseenNamespaces(wanted: Selector, found: Selector): string | undefined {
  const [asked, seen] = [namesOf(wanted), namesOf(found)]
  if (seen === 'all') return undefined
  if (asked === 'all' || asked === 'unknown' || seen === 'unknown') return 'some namespaces'
  const unseen = asked.filter((name) => !seen.includes(name))
  if (unseen.length === 0) return undefined
  return `namespace${unseen.length === 1 ? '' : 's'} ${unseen.join(', ')}`
}

function namesOf({
  matchLabels,
  matchExpressions,
}: Selector): readonly string[] | 'all' | 'unknown' {
  const narrowing = matchExpressions.filter(({ key }) => !addedByAks.includes(key))
  const [only, ...more] = narrowing
  if (more.length > 0 || Object.keys(matchLabels).length > 0) return 'unknown'
  if (only === undefined) return 'all'
  return only.key === namespaceLabel && only.operator === 'In' ? only.values : 'unknown'
}

// AKS excludes its own namespaces from each webhook: https://github.com/Azure/AKS/issues/1771.
const addedByAks = ['control-plane', 'kubernetes.azure.com/managedby']
