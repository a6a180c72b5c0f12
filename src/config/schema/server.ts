import { z } from 'zod'
import { text } from './text.ts'
import { WebUrl } from './web-url.ts'

const listenHint = 'HOST:PORT, such as 0.0.0.0:8080 or [::]:8080'

export const Listen = text(listenHint).transform((value, context) => {
  const match = /^(?:\[([0-9a-f:.]+)\]|([A-Za-z0-9][A-Za-z0-9.-]*)):(\d{1,5})$/i.exec(value)
  const host = match?.[1] ?? match?.[2]
  const port = Number(match?.[3])
  if (host !== undefined && port <= 65_535) return { host, port }
  context.addIssue(`not an address, write ${listenHint}`)
  return z.NEVER
})

export type Listen = z.output<typeof Listen>

/** An address as `server.listen` takes it. */
export function parseListen(
  text: string,
): { readonly kind: 'ok'; readonly value: Listen } | { readonly kind: 'invalid'; fault: string } {
  const parsed = Listen.safeParse(text)
  return parsed.success
    ? { kind: 'ok', value: parsed.data }
    : { kind: 'invalid', fault: parsed.error.issues[0]?.message ?? '' }
}

const AccessToken = z.strictObject({
  name: text('a name, such as ci')
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, 'not a name, use letters, digits, ".", "_" and "-"')
    .meta({ description: 'Shown where the token was used; unique.', examples: ['ci'] }),
  role: z.enum(['viewer', 'operator']).meta({
    description: 'viewer reads; operator also syncs, pauses and resumes.',
  }),
  sha256: text('the sha256 of the token, 64 hex digits')
    .regex(/^[0-9a-fA-F]{64}$/, 'not a sha256, write 64 hex digits: printf %s "$TOKEN" | sha256sum')
    .transform((digest) => digest.toLowerCase())
    .meta({ description: 'sha256 of the token in hex: printf %s "$TOKEN" | sha256sum.' }),
})

const Auth = z.strictObject({
  tokens: z.array(AccessToken).optional().meta({ description: 'Tokens that may use the API.' }),
})

export const Server = z.strictObject({
  listen: Listen.optional().meta({
    description: 'Address the receiver listens on; port 0 takes any free port.',
    examples: ['0.0.0.0:8080', '127.0.0.1:8080', '[::]:8080'],
    default: '0.0.0.0:8080',
  }),
  publicUrl: WebUrl('https://landfall.example.com')
    .optional()
    .meta({
      description: 'Where people and forges reach Landfall; commit statuses link to it.',
      examples: ['https://landfall.example.com'],
    }),
  trustProxy: z.boolean().optional().meta({
    description: 'Take the client address from X-Forwarded-For. Only behind a proxy that sets it.',
    default: false,
  }),
  auth: Auth.optional().meta({
    description: 'Who may use the API. Webhooks, probes and sync pages are open.',
  }),
})
export type Server = z.output<typeof Server>
