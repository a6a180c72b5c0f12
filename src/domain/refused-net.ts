interface RefusedNet {
  readonly net: string
  readonly bits: number
  readonly family: 'ipv4' | 'ipv6'
}

type Bytes = readonly [number, number, number, number]

const refused4: readonly (readonly [Bytes, bits: number])[] = [
  [[169, 254, 0, 0], 16],
  // Metadata endpoints outside link-local: Alibaba, Azure's wire server, Oracle.
  [[100, 100, 100, 200], 32],
  [[168, 63, 129, 16], 32],
  [[192, 0, 0, 192], 32],
  // What the system takes for this machine, past a list of loopback addresses.
  [[0, 0, 0, 0], 32],
]

const refused6: readonly (readonly [string, bits: number])[] = [
  ['fe80::', 10],
  // AWS.
  ['fd00:ec2::254', 128],
]

/**
 * Link-local and cloud metadata addresses, which Landfall never contacts; the IPv4 ones also inside
 * NAT64, 6to4 and the old IPv4-compatible form. A BlockList matches IPv4-mapped IPv6 by itself.
 */
export const refusedNets: readonly RefusedNet[] = [
  ...refused4.flatMap(([bytes, bits]) => formsOf(bytes, bits)),
  ...refused6.map(([net, bits]) => ({ net, bits, family: 'ipv6' as const })),
]

function formsOf([a, b, c, d]: Bytes, bits: number): RefusedNet[] {
  const words = `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`
  return [
    { net: [a, b, c, d].join('.'), bits, family: 'ipv4' },
    { net: `64:ff9b::${words}`, bits: 96 + bits, family: 'ipv6' },
    { net: `2002:${words}::`, bits: 16 + bits, family: 'ipv6' },
    { net: `::${words}`, bits: 96 + bits, family: 'ipv6' },
  ]
}
