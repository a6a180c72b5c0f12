import { BlockList, isIP } from 'node:net'

// A BlockList also matches IPv4-mapped IPv6. Private and loopback addresses stay the operator's choice.
const refused = new BlockList()
refused.addSubnet('169.254.0.0', 16, 'ipv4')
refused.addSubnet('fe80::', 10, 'ipv6')
// Metadata endpoints outside link-local: Alibaba, Azure's wire server, Oracle, AWS on IPv6.
refused.addAddress('100.100.100.200', 'ipv4')
refused.addAddress('168.63.129.16', 'ipv4')
refused.addAddress('192.0.0.192', 'ipv4')
refused.addAddress('fd00:ec2::254', 'ipv6')
// What the system takes for this machine, past a list of loopback addresses.
refused.addAddress('0.0.0.0', 'ipv4')
refused.addAddress('::', 'ipv6')
// The same IPv4 addresses inside NAT64, 6to4 and the old IPv4-compatible form.
refused.addSubnet('64:ff9b::a9fe:0', 112, 'ipv6')
refused.addSubnet('2002:a9fe::', 32, 'ipv6')
refused.addSubnet('::a9fe:0', 112, 'ipv6')

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
