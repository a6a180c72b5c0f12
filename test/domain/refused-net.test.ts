import { test } from 'tap'
import { isRefusedHost } from '../../src/config/refused-host.ts'
import { refusedNets } from '../../src/domain/refused-net.ts'
import { isRefusedAddress } from '../../src/source/host-address.ts'

test('C7: what the configuration refuses as a host is refused when connecting, too', async (t) => {
  for (const { net, family } of refusedNets) {
    t.ok(isRefusedHost(family === 'ipv6' ? `[${net}]` : net), net)
    t.ok(isRefusedAddress(net), net)
  }
  t.equal(refusedNets.length, 22)
})
