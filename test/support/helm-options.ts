import type { Application } from '../../src/domain/application.ts'

type HelmOptions = Extract<Application['render'], { type: 'helm' }>

/** A helm application with these options and no others. */
export function helm(options: Partial<HelmOptions> = {}): { render: HelmOptions } {
  return {
    render: { type: 'helm', valueFiles: [], values: {}, releaseName: undefined, ...options },
  }
}
