import { BlockList, isIP } from 'node:net'
import { refusedNets } from '../domain/refused-net.ts'

const refused = new BlockList()
for (const { net, bits, family } of refusedNets) refused.addSubnet(net, bits, family)

const refusedNames = new Set([
  'metadata',
  'metadata.google.internal',
  'metadata.goog',
  'metadata.azure.internal',
  'metadata.tencentyun.com',
  'instance-data',
  'instance-data.ec2.internal',
])

export const refusedHostReason =
  'the host is link-local or a metadata endpoint, which Landfall never contacts'

/** Whether a host, in any spelling, is link-local or a cloud's metadata endpoint. Resolves nothing. */
export function isRefusedHost(host: string): boolean {
  const plain = canonicalHost(host)
  if (plain === undefined) return true
  const family = isIP(plain)
  if (family !== 0) return refused.check(plain, family === 4 ? 'ipv4' : 'ipv6')
  return refusedNames.has(plain)
}

// The URL parser reads 0xa9fe0001, 2852039166 and 169.254.43518 as C libraries do.
function canonicalHost(host: string): string | undefined {
  const url = `http://${host}/`
  if (!URL.canParse(url)) return undefined
  const name = new URL(url).hostname.replace(/\.$/, '')
  return name.startsWith('[') ? name.slice(1, -1) : name
}
