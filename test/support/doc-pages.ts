import { readFileSync } from 'node:fs'
import { runTool } from './run-tool.ts'

export interface DocPage {
  readonly path: string
  readonly text: string
  readonly blocks: readonly CodeBlock[]
}

/** A fenced block; `info` is what stands behind the fence, such as `yaml landfall.yaml`. */
export interface CodeBlock {
  readonly info: string
  readonly text: string
}

const fence = /^```([^\n]*)\n(.*?)^```$/gms

/** Every page of documentation in the repository. */
export async function readDocPages(): Promise<readonly DocPage[]> {
  const { output } = await runTool('.', ['git', 'ls-files', '-co', '--exclude-standard', '*.md'])
  return output
    .split('\n')
    .filter((path) => path !== '' && !path.startsWith('test/fixtures/'))
    .map((path) => readDocPage(path))
}

export function readDocPage(path: string): DocPage {
  const text = readFileSync(path, 'utf8')
  const blocks = Array.from(text.matchAll(fence), ([, info = '', code = '']) => ({
    info,
    text: code,
  }))
  return { path, text, blocks }
}

const command =
  /(?:^|\$\(|[|;&])\s*(?:\w+=\S*\s+)*(?:npm run -s landfall --|landfall)\s+([^|;&)<>]*)/g

/** The words after `landfall` wherever a page names a command: in shell blocks and inline code. */
export function commandsIn({ text, blocks }: DocPage): string[][] {
  const shell = blocks
    .filter(({ info }) => info === 'sh')
    .flatMap((block) => block.text.replaceAll('\\\n', ' ').split('\n'))
    .map((line) => line.replace(/(?:^|\s)#.*$/, ''))
  const inline = Array.from(
    text.replace(fence, '').matchAll(/`([^`\n]+)`/g),
    ([, code = '']) => code,
  )
  return [...shell, ...inline]
    .flatMap((line) => Array.from(line.matchAll(command), ([, words = '']) => words))
    .map((words) => words.split(/\s+/).filter((word) => word !== ''))
    .filter((words) => words.length > 0)
}

/** The cells of every row of the tables of a page whose first cell is code. */
export function codeRowsIn(text: string): string[][] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
}

/** The ids that a forge gives the headings of a page. */
export function anchorsIn({ text }: DocPage): string[] {
  const headings = text.replace(fence, '').matchAll(/^#+ (.+)$/gm)
  return Array.from(headings, ([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  )
}
