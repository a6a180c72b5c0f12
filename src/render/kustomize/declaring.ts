import type { Origin } from '../../domain/change.ts'
import type { CommitItem } from '../../domain/commit-tree.ts'
import type { Places } from '../decode/node-to-value.ts'
import { isRecord } from '../normalize/update-at.ts'
import { type Declaration, textOf } from './declarations.ts'
import { fieldValues } from './field-values.ts'
import { type Generated, generatedBy, generatedIn } from './generated.ts'

/** What an application's kustomizations say of where its objects are declared. */
export interface Declaring {
  /** Bytes of the files of objects, by path; patches are none. */
  readonly files: ReadonlyMap<string, number>
  readonly generated: readonly Declaration[]
  /** Where charts are named. */
  readonly charts: readonly Origin[]
  /** What comes before and behind names. */
  readonly prefixes: ReadonlySet<string>
  readonly suffixes: ReadonlySet<string>
  /** Folders of other repositories, and where this one names them. */
  readonly pins: readonly Pin[]
}

export interface Pin {
  readonly folder: string
  readonly origin: Origin
}

/** One document of a kustomization, or of a plugin's configuration. */
export interface ReadKustomization {
  readonly file: string
  readonly value: Readonly<Record<string, unknown>>
  readonly places: Places
  /** What it makes are plugins. */
  readonly isOfPlugins: boolean
  readonly isPlugin: boolean
}

/** Gathers that while kustomizations are scanned. */
export interface DeclaringScan extends Declaring {
  takeFile(item: CommitItem): void
  takeKustomization(read: ReadKustomization): void
  takePin(pin: Pin): void
}

const maxAffixes = 100
const maxNameLength = 253

export function startDeclaring(): DeclaringScan {
  const files = new Map<string, number>()
  const generated: Declaration[] = []
  const charts: Origin[] = []
  const pins: Pin[] = []
  const prefixes = new Set<string>()
  const suffixes = new Set<string>()

  function takeGenerated(made: readonly Generated[], { file, places }: ReadKustomization): void {
    for (const { by, ...named } of made) {
      if (named.name.length > maxNameLength) continue
      generated.push({ ...named, apiVersion: 'v1', file, line: places.lineOf(by) ?? 1 })
    }
  }

  return {
    files,
    generated,
    charts,
    prefixes,
    suffixes,
    pins,
    takeFile: ({ path, size }) => files.set(path, size),
    takePin: (pin) => pins.push(pin),
    takeKustomization(read) {
      const { value, file, places, isPlugin, isOfPlugins } = read
      for (const [field, affixes] of [
        [isPlugin ? 'prefix' : 'namePrefix', prefixes],
        [isPlugin ? 'suffix' : 'nameSuffix', suffixes],
      ] as const) {
        for (const affix of fieldValues(value, field)) takeAffix(affixes, textOf(affix))
      }
      if (isPlugin) return takeGenerated(generatedBy(value), read)
      if (isOfPlugins) return
      takeGenerated(generatedIn(value), read)
      const named = fieldValues(value, 'helmCharts').flat().filter(isRecord)
      charts.push(...named.map((chart) => ({ file, line: places.lineOf(chart) ?? 1 })))
    },
  }
}

function takeAffix(affixes: Set<string>, affix: string): void {
  if (affix === '' || affix.length > maxNameLength || affixes.size >= maxAffixes) return
  affixes.add(affix)
}
