import type { TestRepository } from './git-repository.ts'
import { configMapYaml } from './manifests.ts'

/** An application of the rig: a repository of its own, whose every commit is a generation. */
export interface RigApplication {
  readonly name: string
  readonly repository: TestRepository
  /** As its forge names it. */
  readonly repo: string
  /** Of the tip; every ConfigMap carries it. */
  generation: number
  tip: string
  /** Stands in one of its files. */
  comment?: string
}

interface Contents {
  /** How many ConfigMaps it has, beside one Secret. */
  readonly objects: number
  readonly secret: string
  readonly kustomized: boolean
}

/** The application's files at its present generation. */
export function filesOf(
  { name, generation, comment = '' }: RigApplication,
  { objects, secret, kustomized }: Contents,
): Record<string, string> {
  const maps = Array.from({ length: objects }, (_, at) => [
    `app/c${at}.yaml`,
    configMapYaml(`${name}-c${at}`, { generation: String(generation) }),
  ])
  const data = Buffer.from(secret).toString('base64')
  const yaml = `apiVersion: v1\nkind: Secret\nmetadata: {name: ${name}-secret}\ndata: {key: ${data}}\n`
  const resources = [...maps.map(([file = '']) => file.slice('app/'.length)), 'secret.yaml']
  return {
    ...Object.fromEntries(maps),
    'app/secret.yaml': `${comment}${yaml}`,
    ...(kustomized && { 'app/kustomization.yaml': JSON.stringify({ resources }) }),
  }
}

/** What the cluster is to hold of it: generations by name, and the Secret. */
export function expectedOf({ name, generation }: RigApplication, objects: number): string[] {
  const maps = Array.from({ length: objects }, (_, at) => `${name}-c${at} of ${generation}`)
  return [...maps, `${name}-secret`].toSorted()
}
