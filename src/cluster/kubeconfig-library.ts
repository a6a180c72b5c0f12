import { registerHooks } from 'node:module'
import type { KubeConfig } from '@kubernetes/client-node'

const unused = /\/gen\/index\.js$/
const nothing =
  'data:text/javascript,export const createConfiguration = undefined, ServerConfiguration = undefined'

/**
 * An empty KubeConfig. The library's generated models stay out: a kubeconfig needs none of the 800
 * of them, and they cost 0.3 s and 70 MB.
 */
export async function emptyKubeConfig(): Promise<KubeConfig> {
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      const isLibrary = context.parentURL?.endsWith('/@kubernetes/client-node/dist/config.js')
      if (isLibrary !== true || !unused.test(specifier)) return next(specifier, context)
      return { url: nothing, shortCircuit: true }
    },
  })
  try {
    const library = await import('@kubernetes/client-node/dist/config.js')
    return new library.KubeConfig()
  } finally {
    hooks.deregister()
  }
}
