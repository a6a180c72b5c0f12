import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'tap'
import { runTool } from '../support/run-tool.ts'

test('the documentation', async (t) => {
  const { output } = await runTool('.', ['git', 'ls-files', '-co', '--exclude-standard', '*.md'])
  const pages = output
    .split('\n')
    .filter((page) => page !== '' && !page.startsWith('test/fixtures/'))
  const links = pages.flatMap((page) =>
    Array.from(readFileSync(page, 'utf8').matchAll(/\]\((?!https?:|#)([^)#\s]+)/g), (match) => ({
      page,
      to: match[1] ?? '',
    })),
  )

  await t.test('links only to files that exist', async (t) => {
    t.ok(links.length > 5, 'links are found')
    t.strictSame(
      links.filter(({ page, to }) => !existsSync(join(dirname(page), to))),
      [],
    )
  })

  await t.test('has every page of docs in its index', async (t) => {
    const index = links
      .filter(({ page }) => page === 'docs/README.md')
      .map(({ to }) => join('docs', to))
    const unlisted = pages.filter((page) => page.startsWith('docs/') && page !== 'docs/README.md')

    t.strictSame(
      unlisted.filter((page) => !index.includes(page)),
      [],
    )
  })
})
