import { test } from 'tap'
import { readersFolder, runPage } from '../support/run-page.ts'

test('docs/local-stack.md: the first block leaves nothing behind', async (t) => {
  const folder = await readersFolder(t)
  const reader = runPage(t, 'docs/local-stack.md', {
    folder: ['.landfall', '.landfall'],
    cwd: folder,
  })
  const stack = await reader.line('landfall local up -o json')
  t.teardown(() => reader.line('landfall local down'))
  reader.useProgram(JSON.parse(stack.stdout).kubectl)

  const block = await reader.run('kubectl create deployment')

  t.match(block, { code: 0, stdout: /deployment\.apps\/web created/ })
  t.match(await reader.line('landfall local status'), { code: 4 })
})

test('docs/security.md: the digest of a token is the one that the configuration takes', async (t) => {
  const folder = await readersFolder(t)
  const reader = runPage(t, 'docs/security.md', { folder: ['token', 'token'], cwd: folder })
  const { stdout } = await reader.run('sha256sum')
  const own = await reader.line("tr -d '\\n' < token | sha256sum")

  t.match(stdout, /^[0-9a-f]{64} /)
  t.equal(own.stdout, stdout)
})
