import type { HelmRenderOptions, RenderOptions } from '../../domain/application.ts'

export type HelmOptions = HelmRenderOptions

/** A chart found by `type: auto` is rendered with its own values. */
export function helmOptions(options: RenderOptions): HelmOptions {
  if (options.type === 'helm') {
    const { substitute: _substitute, decrypt: _decrypt, ...helm } = options
    return helm
  }
  return { type: 'helm', valueFiles: [], values: {}, releaseName: undefined }
}
