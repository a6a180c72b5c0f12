import { z } from 'zod'
import { valueFileFault } from '../git-name.ts'
import { parseRepoUrl } from '../parse-repo-url.ts'
import { Chart, ChartRepository } from './chart.ts'
import { Decrypt } from './decrypt.ts'
import { Substitute } from './substitute.ts'
import { fault, text } from './text.ts'

const steps = { substitute: Substitute.optional(), decrypt: Decrypt.optional() }

const Detected = z.strictObject({
  type: z.enum(['auto', 'plain']).optional().meta({
    description:
      'auto detects kustomization.yaml and Chart.yaml; plain takes every .yaml, .yml and .json below the path.',
    default: 'auto',
  }),
  ...steps,
})

const Kustomize = z.strictObject({
  type: z.literal('kustomize').meta({ description: 'A kustomization at the path.' }),
  helmCharts: z.boolean().optional().meta({
    description: 'Run helm on charts in the repository that kustomizations name in helmCharts.',
    default: false,
  }),
  remoteBases: z
    .array(text('the URL of a repository').check(fault(remoteBaseFault)))
    .optional()
    .meta({
      description:
        'Repositories that kustomizations may take bases from, each at a full commit id; read without credentials.',
      examples: [['https://github.com/acme/bases.git']],
    }),
  ...steps,
})

function remoteBaseFault(url: string): string | undefined {
  const parsed = parseRepoUrl(url)
  if (parsed.kind === 'refused') return parsed.reason
  return parsed.kind === 'https' || parsed.kind === 'http'
    ? undefined
    : 'not an https URL, write one such as https://github.com/acme/bases.git'
}

const Helm = z.strictObject({
  type: z.literal('helm').meta({ description: 'A Helm chart at the path.' }),
  valueFiles: z
    .array(text('a path').check(fault(valueFileFault)))
    .optional()
    .meta({
      description: 'Value files in the repository, relative to the path of the application.',
      examples: [['values-prod.yaml']],
    }),
  values: z
    .record(z.string(), z.unknown())
    .optional()
    .meta({
      description: 'Values that override those of the files.',
      examples: [{ replicaCount: 3 }],
    }),
  releaseName: text('a release name')
    .regex(
      /^[a-z0-9](?:[-a-z0-9]{0,51}[a-z0-9])?$/,
      'not a release name, use at most 53 lower-case letters, digits and "-"',
    )
    .optional()
    .meta({ description: 'Left out: the name of the application.', examples: ['task-agent'] }),
  ...steps,
  chart: Chart.optional(),
  chartRepositories: z.array(ChartRepository).optional().meta({
    description: 'Where dependencies that are not in charts/ may be fetched from.',
  }),
})

export const Render = z.discriminatedUnion('type', [Detected, Kustomize, Helm])
export type Render = z.output<typeof Render>
