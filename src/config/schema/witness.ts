import { z } from 'zod'
import { ownNamespace } from '../../domain/own-namespace.ts'
import { DnsLabel } from './name.ts'
import { Listen } from './server.ts'
import { text } from './text.ts'
import { WebUrl } from './web-url.ts'

const file = (what: string) => text(what).min(1, `empty, write ${what}`)

const Service = z.strictObject({
  name: DnsLabel('the name of a Service')
    .optional()
    .meta({ description: 'Its name.', default: 'landfall-witness' }),
  namespace: DnsLabel('a namespace').optional().meta({
    description: 'Its namespace.',
    default: ownNamespace,
  }),
  port: z
    .int({ error: 'not a port, write a number from 1 to 65535' })
    .min(1, 'not a port, write a number from 1 to 65535')
    .max(65_535, 'not a port, write a number from 1 to 65535')
    .optional()
    .meta({ description: 'Its port.', default: 443 }),
})

const Tls = z.strictObject({
  cert: file('the path of a certificate').meta({
    description:
      'PEM file of the certificate, with those between it and the CA; read anew when it changes.',
    examples: ['/run/secrets/landfall/witness.crt'],
  }),
  key: file('the path of a private key').meta({
    description: 'PEM file of its private key.',
    examples: ['/run/secrets/landfall/witness.key'],
  }),
  ca: file('the path of a CA certificate').meta({
    description: 'PEM file of the CA that the API server is to trust for it.',
    examples: ['/run/secrets/landfall/witness-ca.crt'],
  }),
})

/** The admission webhook of a cluster that records who changed what. */
export const Witness = z.strictObject({
  enabled: z.boolean().optional().meta({
    description:
      'Record who changes what of the applications, and warn them. `landfall witness install` makes the API server ask.',
    default: true,
  }),
  listen: Listen.optional().meta({
    description: 'Address it listens on; each cluster with a witness needs one of its own.',
    examples: ['127.0.0.1:9443'],
    default: '0.0.0.0:9443',
  }),
  url: WebUrl('https://landfall.example.com:9443')
    .optional()
    .meta({
      description: 'How the API server reaches it from outside of the cluster; https.',
      examples: ['https://landfall.example.com:9443'],
    }),
  service: Service.optional().meta({
    description:
      'The Service by which the API server reaches it inside of the cluster, unless url is given.',
  }),
  tls: Tls.optional().meta({
    description:
      'A certificate of your own. Left out: Landfall makes a CA and certificates, keeps them in the Secret landfall-witness-tls of its namespace, and renews them.',
  }),
})
export type Witness = z.output<typeof Witness>
