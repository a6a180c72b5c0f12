import type { HelmRenderOptions, RenderOptions } from '../../domain/application.ts'

export type HelmOptions = HelmRenderOptions

/** A chart found by `type: auto` is rendered with its own values. */
export function helmOptions(options: RenderOptions): HelmOptions {
  if (options.type === 'helm') {
    const { type, valueFiles, values, releaseName } = options
    return { type, valueFiles, values, releaseName }
  }
  return { type: 'helm', valueFiles: [], values: {}, releaseName: undefined }
}
