import { type Check, ok, problem } from './finding.ts'

const least = [24, 12] as const

export const nodeCheck: Check = {
  name: 'node',
  look: async () => [nodeFinding(process.versions.node)],
}

export function nodeFinding(version: string) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [leastMajor, leastMinor] = least
  const isEnough = major > leastMajor || (major === leastMajor && minor >= leastMinor)
  return isEnough
    ? ok('node', `version ${version}`)
    : problem(
        'node',
        `version ${version} is too old`,
        `install Node ${least.join('.')} or newer; from a checkout, npm ci brings one that npm run uses`,
      )
}
