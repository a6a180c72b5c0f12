import type { RenderOptions } from '../../domain/application.ts'

export type HelmOptions = Extract<RenderOptions, { type: 'helm' }>

/** A chart found by `type: auto` is rendered with its own values. */
export function helmOptions(options: RenderOptions): HelmOptions {
  if (options.type === 'helm') return options
  return { type: 'helm', valueFiles: [], values: {}, releaseName: undefined }
}
