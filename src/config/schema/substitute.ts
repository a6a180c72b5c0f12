import { z } from 'zod'
import { SecretRef } from './secret-ref.ts'
import { fault, found } from './text.ts'

/** Flux's own rule. */
const isVariableName = (name: string) => /^[_A-Za-z][_A-Za-z0-9]*$/.test(name)

function nameFault(variables: Readonly<Record<string, unknown>>): string | undefined {
  const wrong = Object.keys(variables).find((name) => !isVariableName(name))
  return wrong === undefined
    ? undefined
    : `${JSON.stringify(wrong.slice(0, 80))} is not the name of a variable, use letters, digits and "_", and no digit at its beginning`
}

const Variable = z
  .union([z.string().max(64 * 1024), SecretRef], {
    error: ({ input }) => `${found(input)}, write a text in quotes, {env: NAME} or {file: PATH}`,
  })
  .meta({ description: 'Its value: a text, or {env} or {file} where it is secret.' })

export const Substitute = z
  .strictObject({
    variables: z
      .record(z.string(), Variable)
      .check(fault(nameFault))
      .optional()
      .meta({
        description: 'Values by name. Line breaks in them are left out, as Flux does.',
        default: {},
        examples: [{ cluster_env: 'prod', replicas: '3', db_password: { env: 'DB_PASSWORD' } }],
      }),
    strict: z.boolean().optional().meta({
      description:
        'A variable that is not here and has no default is an error; false: it is empty.',
      default: true,
    }),
  })
  .meta({
    description:
      'Replaces ${name} in the rendered objects, with the syntax of Flux. Left out: nothing is replaced.',
  })
export type Substitute = z.output<typeof Substitute>
