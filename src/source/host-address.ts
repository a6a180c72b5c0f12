import { lookup } from 'node:dns/promises'
import { BlockList, isIPv6 } from 'node:net'
import { StageError } from '../domain/error.ts'
import { refusedNets } from '../domain/refused-net.ts'
import type { RepoAddress } from './repo-address.ts'

/** Every address a host name stands for. */
export type Resolve = (host: string) => Promise<readonly string[]>

export const systemResolve: Resolve = async (host) => {
  const answers = await lookup(host, { all: true, order: 'verbatim' })
  return answers.map(({ address }) => address)
}

/**
 * Addresses of the repository's host, for git to use and no others, so that a second DNS answer
 * cannot lead elsewhere. Link-local and cloud metadata addresses are refused.
 */
export async function resolveHost(address: RepoAddress, resolve: Resolve): Promise<string[]> {
  if (address.host === '') return []
  const answers = await resolve(address.host).catch((cause: unknown) => {
    throw new StageError(
      'SOURCE_UNREACHABLE',
      `repository ${address.url} cannot be reached: its host name does not resolve`,
      { cause },
    )
  })
  if (answers.length === 0 || answers.some(isRefusedAddress)) {
    throw new StageError(
      'SOURCE_REFUSED',
      `repository ${address.url} is refused: its host is a link-local or metadata address`,
    )
  }
  return [...answers]
}

const refusedList = new BlockList()
for (const { net, bits, family } of refusedNets) refusedList.addSubnet(net, bits, family)

/** IPv4 inside IPv6, in any form, counts as that IPv4. */
export function isRefusedAddress(address: string): boolean {
  const bare = address.replace(/%.*$/, '')
  return refusedList.check(bare, isIPv6(bare) ? 'ipv6' : 'ipv4')
}

/** What no public name leads to; the IPv4 addresses inside NAT64 and 6to4 count as private too. */
function privateAddresses(): BlockList {
  const list = new BlockList()
  for (const [net, bits] of privateNets) list.addSubnet(net, bits, 'ipv4')
  for (const [net, bits] of privateNets6) list.addSubnet(net, bits, 'ipv6')
  return list
}

// https://www.iana.org/assignments/iana-ipv4-special-registry
const privateNets = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const

const privateNets6 = [
  ['::1', 128],
  ['64:ff9b::', 96],
  ['2002::', 16],
  ['fc00::', 7],
  ['ff00::', 8],
] as const

const privateList = privateAddresses()

export function isPrivateAddress(address: string): boolean {
  const bare = address.replace(/%.*$/, '')
  return privateList.check(bare, isIPv6(bare) ? 'ipv6' : 'ipv4')
}
