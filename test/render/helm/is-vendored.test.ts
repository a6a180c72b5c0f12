import { test } from 'tap'
import { isVendored } from '../../../src/render/helm/is-vendored.ts'

test('a chart is vendored as a folder or an archive, and no other chart is it', (t) => {
  t.ok(isVendored('db', ['x', 'db']))
  t.ok(isVendored('db', ['db-1.0.0.tgz']))
  t.ok(isVendored('db', ['db-v1.0.0-rc.1.tgz']))
  for (const entry of ['db-more', 'db-more-1.0.0.tgz', 'db-1.0.0', 'db.tgz', 'dbx-1.0.0.tgz']) {
    t.notOk(isVendored('db', [entry]), entry)
  }
  t.end()
})
