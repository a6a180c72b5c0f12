import { lookup } from 'node:dns/promises'
import { BlockList, isIPv6 } from 'node:net'
import { StageError } from '../domain/error.ts'
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

// Alibaba Cloud's and AWS' metadata endpoints lie outside the link-local ranges.
function refusedAddresses(): BlockList {
  const list = new BlockList()
  list.addSubnet('169.254.0.0', 16, 'ipv4')
  list.addSubnet('fe80::', 10, 'ipv6')
  list.addAddress('100.100.100.200', 'ipv4')
  list.addAddress('fd00:ec2::254', 'ipv6')
  list.addAddress('0.0.0.0', 'ipv4')
  list.addAddress('::', 'ipv6')
  return list
}

const refusedList = refusedAddresses()

/** IPv4 inside IPv6 counts as that IPv4. */
export function isRefusedAddress(address: string): boolean {
  const bare = address.replace(/%.*$/, '')
  return refusedList.check(bare, isIPv6(bare) ? 'ipv6' : 'ipv4')
}
