import { test } from 'tap'
import { hasHalfOwned } from '../../src/engine/half-owned.ts'
import { aDeployment, fields, managed, ownedBy } from '../support/objects.ts'

const container = (name: string) => `f:spec f:template f:spec f:containers k:{"name":"${name}"}`
const ours = ownedBy(
  'landfall',
  fields(`${container('app')} f:image`, `${container('old')} f:image`),
)
const live = (manager: string, ...paths: string[]) =>
  managed(aDeployment(), [ours, ownedBy(manager, fields(...paths))])
const desired = aDeployment()

test('a list item that a person half owns', async (t) => {
  await t.test('is one that Git no longer has and Landfall applied before', async (t) => {
    t.equal(hasHalfOwned(live('kubectl', `${container('old')} f:name`), desired, []), true)
  })

  await t.test('is none that Git still has', async (t) => {
    t.equal(hasHalfOwned(live('kubectl', `${container('app')} f:tty`), desired, []), false)
  })

  await t.test('is none that the person alone owns, or a controller', async (t) => {
    t.equal(hasHalfOwned(live('kubectl', `${container('own')} f:name`), desired, []), false)
    t.equal(hasHalfOwned(live('istiod', `${container('old')} f:name`), desired, []), false)
  })

  await t.test('is none of an object that was never ours', async (t) => {
    const theirs = managed(aDeployment(), [
      ownedBy('kubectl', fields(`${container('old')} f:name`)),
    ])

    t.equal(hasHalfOwned(theirs, desired, []), false)
  })
})
