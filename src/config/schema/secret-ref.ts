import { z } from 'zod'
import { found, text } from './text.ts'

const FileName = text('the path of a file')
  .min(1, 'empty, write the path of a file')
  .meta({
    description:
      'Path of a file, relative to the folder of landfall.yaml. A trailing newline is not part of its value.',
    examples: ['/run/secrets/deploy'],
  })

export const SecretFile = z.strictObject(
  { file: FileName },
  {
    error: ({ code, input }) =>
      code === 'invalid_type' ? `${found(input)}, write {file: PATH}` : undefined,
  },
)

const SecretEnv = z.strictObject({
  env: text('the name of an environment variable')
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'not the name of an environment variable')
    .meta({ description: 'Name of an environment variable.', examples: ['GITHUB_TOKEN'] }),
})

export function unwritten(input: unknown): string {
  return input === undefined ? 'missing' : 'a secret is never written here'
}

/** Where a secret is read from. A literal is refused, so that landfall.yaml can be committed. */
export const SecretRef = z.union([SecretEnv, SecretFile], {
  error: ({ input }) => `${unwritten(input)}, write {env: NAME} or {file: PATH}`,
})
export type SecretRef = z.output<typeof SecretRef>
export type SecretFile = z.output<typeof SecretFile>
