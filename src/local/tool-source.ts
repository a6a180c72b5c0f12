import type { WantedTool } from './find-tool.ts'

export interface Means {
  /** False once a download found no network. */
  readonly online: boolean
  readonly go: boolean
  /** Whether tools/build pins the sources of this version. */
  readonly buildable: boolean
}

/** Where to get a tool that is not installed, first choice first; empty: nowhere. */
export function toolSources({ online, go, buildable }: Means): readonly ('download' | 'build')[] {
  return [
    ...(online ? (['download'] as const) : []),
    ...(go && buildable ? ['build' as const] : []),
  ]
}

/** Longest first within a set: what it compiled, the others of the set need not. */
export function buildOrder(tools: readonly WantedTool[]): readonly WantedTool[] {
  const sets = [...new Set(tools.map(({ pin }) => pin.build?.set))]
  return tools.toSorted(
    (a, b) =>
      sets.indexOf(a.pin.build?.set) - sets.indexOf(b.pin.build?.set) ||
      (b.pin.build?.usualSeconds ?? 0) - (a.pin.build?.usualSeconds ?? 0),
  )
}
