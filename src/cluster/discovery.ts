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

  async function readVersion(): Promise<string> {
    const target = { ...discoveryTarget, resource: 'version' }
    const answer = await transport.send({ verb: 'get', path: '/version', target })
    if (answer.status !== 200) throw statusError(answer, target)
    return Version.parse(answer.body).gitVersion
  }

  return {
    async find(kind) {
      const known = pick(await (reading ?? reread()), kind)
      if (known !== undefined || clock.now() - readAt < rereadEveryMs) return known
      return pick(await reread(), kind)
    },
    version() {
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
      return (await (reading ?? reread())).apiVersions
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

function catalogueOf(groups: readonly ApiGroup[]): Catalogue {
  const kinds = new Map<string, ResourceMapping[]>()
  const apiVersions = new Set<string>()
  for (const mapping of groups.flatMap(mappingsOf)) {
    const { group, version, kind } = mapping
    const key = `${group}/${kind}`
    const versions = kinds.get(key) ?? []
    // One kind under two resources of a version: the first is the plain one.
    if (!versions.some((each) => each.version === version)) kinds.set(key, [...versions, mapping])
    const groupVersion = group === '' ? version : `${group}/${version}`
    apiVersions.add(groupVersion)
    apiVersions.add(`${groupVersion}/${kind}`)
  }
  return { kinds, apiVersions: [...apiVersions].sort() }
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
    .array(z.object({ version: z.string(), resources: z.array(ApiResource).default([]) }))
    .default([]),
})
type ApiGroup = z.infer<typeof ApiGroup>

const GroupList = z.object({ kind: z.literal('APIGroupDiscoveryList'), items: z.array(ApiGroup) })

const Version = z.object({ gitVersion: z.string() })
