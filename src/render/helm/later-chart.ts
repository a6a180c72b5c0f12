import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/**
 * Copies a chart with its value files to another root, as if rendered 8,765 hours from now: two
 * renders within a second, or a day, would else agree about the time.
 */
export async function copyForLater(
  root: string,
  { path, files }: { readonly path: string; readonly files: readonly string[] },
  target: string,
): Promise<void> {
  await cp(join(root, path), join(target, path), { recursive: true })
  for (const file of files) {
    await mkdir(dirname(join(target, file)), { recursive: true })
    await cp(join(root, file), join(target, file))
  }
  const copied = await readdir(target, { recursive: true, withFileTypes: true })
  for (const entry of copied) {
    if (entry.isFile()) await rewrite(join(entry.parentPath, entry.name))
  }
}

async function rewrite(file: string): Promise<void> {
  const content = await readFile(file)
  if (!content.includes('now')) return
  const text = content.toString('latin1')
  const later = atAnotherTime(text)
  if (later !== text) await writeFile(file, later, 'latin1')
}

// An odd span: minutes and seconds differ too.
const later = '(now | dateModify "8765h49m13s")'

/** The template with another time for `now`, where that is called. */
export function atAnotherTime(template: string): string {
  return template.replace(/\{\{[^]*?\}\}/g, (action) =>
    action.replace(/"(?:\\.|[^"\\])*"|`[^`]*`|\/\*[^]*?\*\/|(?<![\w.$])now(?!\w)/g, (part) =>
      part === 'now' ? later : part,
    ),
  )
}
