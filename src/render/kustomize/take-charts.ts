import { posix } from 'node:path'
import type { CommitItem } from '../../domain/commit-tree.ts'
import { takeFolder } from '../closure/take-folder.ts'
import type { Trail } from '../closure/trail.ts'
import { isRemoteReference } from '../remote-reference.ts'
import { type Fault, missing, refused, remote } from './fault.ts'
import { fieldValues, spelledField } from './field-values.ts'
import { followWithin } from './follow-within.ts'
import { type ChartUse, chartsIn } from './helm-charts.ts'
import { helmFields, olderHelmField } from './references.ts'

/** What helm is run on. */
export interface TakenCharts {
  isAny: boolean
  readonly files: CommitItem[]
  /** From the root; that of a chart need not exist. */
  readonly valueFiles: string[]
  /** What kustomizations say of charts themselves. */
  readonly inline: unknown[]
}

/** A fault, and the text of the kustomization it is about. */
type TextFault = readonly [text: string, fault: Fault]

/**
 * Takes the charts of a kustomization in `folder` into the trail. None of them is fetched: kustomize
 * would, where one is not there.
 */
export async function takeCharts(
  trail: Trail,
  folder: string,
  kustomization: Readonly<Record<string, unknown>>,
  taken: TakenCharts | undefined,
): Promise<readonly TextFault[]> {
  const older = spelledField(kustomization, [olderHelmField])
  if (older !== undefined) return [[older, refused(`${older} is refused: write helmCharts`)]]
  const field = spelledField(kustomization, helmFields)
  if (field === undefined) return []
  if (taken === undefined) return [[field, refused(`${field} ${howToAllow}`)]]
  const { uses, faults } = chartsIn(kustomization)
  taken.inline.push(fieldValues(kustomization, 'helmCharts'))
  const found: TextFault[] = faults.map(({ text, message }) => [text, refused(message)])
  for (const use of uses) {
    const fault = await takeChart(trail, folder, use, taken)
    if (fault !== undefined) found.push([field, fault])
  }
  return found
}

const howToAllow =
  'is refused unless the application has render: {type: kustomize, helmCharts: true}'

async function takeChart(
  trail: Trail,
  folder: string,
  use: ChartUse,
  taken: TakenCharts,
): Promise<Fault | undefined> {
  taken.isAny = true
  const chart = await followWithin(trail, folder, use.folder)
  if (chart.kind !== 'folder') {
    return refused(`there is no chart in ${use.folder}, and none is fetched; commit it`)
  }
  taken.files.push(...(await takeFolder(trail, chart.item)))
  taken.valueFiles.push(posix.join(chart.item.path, 'values.yaml'))
  for (const file of use.valueFiles) {
    if (isRemoteReference(file)) return remote
    const target = await followWithin(trail, folder, file)
    if (target.kind !== 'file') return missing
    taken.files.push(target.item)
    taken.valueFiles.push(target.item.path)
  }
  return undefined
}
