import { z } from 'zod'
import { parseChartAddress } from '../../domain/chart.ts'
import { isRefusedHost, refusedHostReason } from '../refused-host.ts'
import { SecretRef } from './secret-ref.ts'
import { fault, text } from './text.ts'

const example = 'https://charts.example.com or oci://registry.example.com/charts'

function RepositoryUrl() {
  return text(`a repository such as ${example}`).check(fault(repositoryFault))
}

function repositoryFault(url: string): string | undefined {
  const address = parseChartAddress(url)
  if (address === undefined) return `not a chart repository, write a URL such as ${example}`
  return isRefusedHost(new URL(address.base).hostname) ? refusedHostReason : undefined
}

export const Chart = z
  .strictObject({
    repository: RepositoryUrl().meta({
      description: 'Where it is fetched from.',
      examples: ['oci://registry.example.com/charts'],
    }),
    name: text('the name of a chart')
      .regex(/^[a-zA-Z0-9](?:[a-zA-Z0-9_-]|\.(?!\.))*$/, 'not the name of a chart')
      .meta({ description: 'Its name there.', examples: ['postgresql'] }),
    version: text('a version such as 1.2.3')
      .regex(/^\w[\w.+-]*$/, 'not a version, write one such as 1.2.3')
      .meta({ description: 'One version, no range.', examples: ['1.2.3'] }),
    digest: text('sha256: and 64 hexadecimal digits')
      .regex(/^sha256:[0-9a-f]{64}$/, 'not a digest, write sha256: and 64 hexadecimal digits')
      .meta({ description: 'Of the archive, as sha256sum prints it for the .tgz.' }),
  })
  .meta({
    description: 'A chart that is not in the repository; the path holds its value files.',
  })
export type Chart = z.output<typeof Chart>

export const ChartRepository = z.strictObject({
  url: RepositoryUrl().meta({
    description:
      'The repository, or what repositories lie below. oci+http:// is a registry without TLS, see security.',
    examples: ['https://charts.example.com', 'oci://registry.example.com/charts'],
  }),
  username: text('a user name')
    .regex(/^[^\s:]+$/, 'not a user name')
    .optional()
    .meta({ description: 'For a repository that is not public; needs token.' }),
  token: SecretRef.optional().meta({
    description: 'Its token or password; goes to the host of the repository and no other.',
    examples: [{ env: 'REGISTRY_TOKEN' }],
  }),
})
export type ChartRepository = z.output<typeof ChartRepository>
