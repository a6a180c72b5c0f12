import { refOf } from '../../domain/kube-object.ts'
import type { Rule } from './rule.ts'
import { isRecord, omit, updateAt } from './update-at.ts'

const webhooks = ['webhooks', '*', 'clientConfig']

const holders: Readonly<Record<string, readonly string[]>> = {
  'apiextensions.k8s.io/CustomResourceDefinition': [
    'spec',
    'conversion',
    'webhook',
    'clientConfig',
  ],
  'admissionregistration.k8s.io/MutatingWebhookConfiguration': webhooks,
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration': webhooks,
  'apiregistration.k8s.io/APIService': ['spec'],
}

/**
 * A caBundle that holds no certificate is a placeholder which a controller fills in; since 1.31 the
 * server refuses it in a CRD.
 */
export const caBundle: Rule = (object) => {
  const { group, kind } = refOf(object)
  const path = holders[`${group}/${kind}`]
  return path === undefined ? object : updateAt(object, path, dropPlaceholder)
}

function dropPlaceholder(holder: unknown): unknown {
  if (!isRecord(holder) || !Object.hasOwn(holder, 'caBundle')) return holder
  const bundle = holder['caBundle']
  const pem = typeof bundle === 'string' ? Buffer.from(bundle, 'base64').toString('latin1') : ''
  return pem.includes('-----BEGIN CERTIFICATE-----') ? holder : omit(holder, ['caBundle'])
}
