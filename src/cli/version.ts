import { readFileSync } from 'node:fs'
import { z } from 'zod'

const manifest = z.object({ version: z.string() })

/** The version in package.json, found the same way from sources, from dist/ and from an installed package. */
export function readVersion(): string {
  const path = new URL(import.meta.resolve('landfall/package.json'))
  return manifest.parse(JSON.parse(readFileSync(path, 'utf8'))).version
}
