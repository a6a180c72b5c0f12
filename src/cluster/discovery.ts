import { z } from 'zod'
import type { Clock } from '../domain/clock.ts'
import { StageError } from '../domain/error.ts'
import type { Discovery, ResourceMapping } from './cluster.ts'
import { statusError } from './errors.ts'
import type { Target } from './kube-request.ts'
import type { Transport } from './transport.ts'

interface Catalogue {
  /** `group/kind` → its versions, the server's preferred one first. */
  readonly kinds: ReadonlyMap<string, readonly ResourceMapping[]>
  readonly apiVersions: readonly string[]
  /** Groups of which not all is known: the server behind an APIService does not answer. */
  readonly stale: ReadonlySet<string>
}

interface Page {
  readonly etag: string | undefined
  readonly groups: readonly ApiGroup[]
}

const accept = ['v2', 'v2beta1']
  .map((version) => `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`)
  .join(',')

// A set of unknown kinds must not become a stream of discovery requests.
const rereadEveryMs = 1_000
// Charts are rendered by what is served: two workers must not go by two ages of it for long.
const freshMs = 10_000

/** What the server serves, by aggregated discovery: two requests, or two 304s. */
export function createDiscovery(transport: Transport, clock: Clock): Discovery {
  const pages = new Map<string, Page>()
  let reading: Promise<Catalogue> | undefined
  let readAt = Number.NEGATIVE_INFINITY
  let gitVersion: Promise<string> | undefined

  async function readPage(path: string): Promise<readonly ApiGroup[]> {
    const known = pages.get(path)
    const etag = known?.etag
    const answer = await transport.send({
      verb: 'get',
      path,
      target: discoveryTarget,
      accept,
      ...(etag !== undefined && { etag }),
    })
    if (answer.status === 304 && known !== undefined) return known.groups
    if (answer.status !== 200) throw statusError(answer, discoveryTarget)
    const parsed = GroupList.safeParse(answer.body)
    if (!parsed.success) {
      throw new StageError(
        'CLUSTER_ERROR',
        `API discovery at ${path}: the server does not answer in the aggregated form; Landfall needs Kubernetes 1.27 or newer`,
        { retry: { kind: 'never' } },
      )
    }
    const { etag: tag } = answer.headers
    pages.set(path, { etag: tag, groups: parsed.data.items })
    return parsed.data.items
  }

  async function readAll(): Promise<Catalogue> {
    const [core, groups] = await Promise.all([readPage('/api'), readPage('/apis')])
    return catalogueOf([...core, ...groups])
  }

  function reread(): Promise<Catalogue> {
    readAt = clock.now()
    const started = readAll()
    reading = started
    started.catch(() => {
      if (reading === started) reading = undefined
    })
    return started
  }

  /** Reads again what is too old to render by. */
  function fresh(): Promise<Catalogue> {
    if (reading !== undefined && clock.now() - readAt < freshMs) return reading
    gitVersion = undefined
    return reread()
  }

  async function readVersion(): Promise<string> {
    const target = { ...discoveryTarget, resource: 'version' }
    const answer = await transport.send({ verb: 'get', path: '/version', target })
    if (answer.status !== 200) throw statusError(answer, target)
    return Version.parse(answer.body).gitVersion
  }

  return {
    async find(kind) {
      const known = pick(await (reading ?? reread()), kind)
      if (known !== undefined) return known
      const isOld = clock.now() - readAt >= rereadEveryMs
      const catalogue = await (isOld ? reread() : (reading ?? reread()))
      const found = pick(catalogue, kind)
      if (found === undefined && catalogue.stale.has(kind.group)) throw awayError(kind)
      return found
    },
    async version() {
      await fresh()
      if (gitVersion === undefined) {
        const asked = readVersion()
        gitVersion = asked
        asked.catch(() => {
          gitVersion = undefined
        })
      }
      return gitVersion
    },
    async apiVersions() {
      return (await fresh()).apiVersions
    },
    refresh() {
      reading = undefined
      gitVersion = undefined
    },
  }
}

function pick(
  catalogue: Catalogue,
  { group, version, kind }: { group: string; version?: string; kind: string },
): ResourceMapping | undefined {
  const versions = catalogue.kinds.get(`${group}/${kind}`) ?? []
  return version === undefined ? versions[0] : versions.find((each) => each.version === version)
}

function awayError({ group, kind }: { group: string; kind: string }): StageError {
  return new StageError(
    'CLUSTER_UNREACHABLE',
    `whether there is a kind ${kind} is not known: the API group ${group} does not answer; kubectl get apiservice shows which of its servers is away`,
  )
}

function catalogueOf(groups: readonly ApiGroup[]): Catalogue {
  const kinds = new Map<string, ResourceMapping[]>()
  const apiVersions = new Set(groups.flatMap(servedVersions))
  for (const mapping of groups.flatMap(mappingsOf)) {
    const { group, version, kind } = mapping
    const key = `${group}/${kind}`
    const versions = kinds.get(key) ?? []
    // One kind under two resources of a version: the first is the plain one.
    if (!versions.some((each) => each.version === version)) kinds.set(key, [...versions, mapping])
    apiVersions.add(`${groupVersionOf(group, version)}/${kind}`)
  }
  const stale = groups.flatMap(({ metadata, versions }) =>
    versions.some(({ freshness }) => freshness === 'Stale') ? [metadata.name] : [],
  )
  return { kinds, apiVersions: [...apiVersions].sort(), stale: new Set(stale) }
}

/** One whose server is away is listed as well, and a chart that asks for it goes on as before. */
function servedVersions({ metadata, versions }: ApiGroup): string[] {
  return versions.map(({ version }) => groupVersionOf(metadata.name, version))
}

function groupVersionOf(group: string, version: string): string {
  return group === '' ? version : `${group}/${version}`
}

function mappingsOf(group: ApiGroup): ResourceMapping[] {
  return group.versions.flatMap(({ version, resources }) =>
    resources.flatMap(({ resource, responseKind, scope }) => {
      if (responseKind === undefined) return []
      const namespaced = scope === 'Namespaced'
      return [
        { group: group.metadata.name, version, kind: responseKind.kind, resource, namespaced },
      ]
    }),
  )
}

const discoveryTarget: Target = {
  resource: 'API discovery',
  group: '',
  kind: '',
  namespace: '',
  name: '',
}

const ApiResource = z.object({
  resource: z.string(),
  responseKind: z.object({ kind: z.string() }).optional(),
  scope: z.string(),
})

// An aggregated API whose server is away is listed as stale, without resources.
const ApiGroup = z.object({
  metadata: z.object({ name: z.string().default('') }).default({ name: '' }),
  versions: z
    .array(
      z.object({
        version: z.string(),
        resources: z.array(ApiResource).default([]),
        freshness: z.string().optional(),
      }),
    )
    .default([]),
})
type ApiGroup = z.infer<typeof ApiGroup>

const GroupList = z.object({ kind: z.literal('APIGroupDiscoveryList'), items: z.array(ApiGroup) })

const Version = z.object({ gitVersion: z.string() })
