import { test } from 'tap'
import { classifyManager, isOurApply, type ManagerClass } from '../../src/engine/manager-class.ts'
import { ownedBy } from '../support/objects.ts'

const known: Readonly<Record<ManagerClass, readonly string[]>> = {
  ours: ['landfall'],
  deployer: ['helm', 'argocd-controller', 'kustomize-controller', 'Terraform', 'pulumi-kubernetes'],
  human: ['kubectl', 'kubectl-edit', 'kubectl-client-side-apply', 'k9s', 'node-fetch', 'Mozilla'],
  controller: ['kube-controller-manager', 'istiod', 'kubectlx', 'helmet', 'landfall-next', ''],
}

test('a manager is ours, a deployer, a person or a controller', async (t) => {
  for (const [wanted, managers] of Object.entries(known)) {
    for (const manager of managers) t.equal(classifyManager({ manager }), wanted, manager)
  }
})

test('who is not named is a controller, whose fields are never touched', async (t) => {
  t.equal(classifyManager({}), 'controller')
})

test('only our Apply of the object itself is our apply', async (t) => {
  t.ok(isOurApply(ownedBy('landfall', {})))
  t.ok(isOurApply(ownedBy('landfall', {}, { subresource: '' })))
  t.notOk(isOurApply(ownedBy('landfall', {}, { operation: 'Update' })))
  t.notOk(isOurApply(ownedBy('landfall', {}, { subresource: 'scale' })))
  t.notOk(isOurApply(ownedBy('kubectl', {}, { operation: 'Apply' })))
})
