import { formatIp, may, type Program } from '../../../host/index.ts'
import { command, Fail, notSimulated, stackOf } from '../lib/command.ts'

/** iproute2's bridge: link and fdb. */
export const bridge: Program = command('bridge', (c) => {
  const words = c.args.filter((a) => !a.startsWith('-'))
  const stack = stackOf(c.p)
  const [object = '', verb = 'show', ...rest] = words
  if ('link'.startsWith(object) && object !== '') {
    for (const i of stack.ifaces)
      if (i.master)
        c.out(
          `${i.index}: ${i.name}@${i.peer ? `if${i.peer.index}` : 'eth0'}: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu ${i.mtu} master ${i.master.name} state ${i.up ? 'forwarding' : 'disabled'} priority 32 cost 2 \n`,
        )
    return 0
  }
  if (object !== 'fdb') return notSimulated(c, `bridge ${object}`)
  const value = (key: string): string | undefined => (rest.includes(key) ? rest[rest.indexOf(key) + 1] : undefined)
  if (verb === 'show' || verb === 'list') {
    const dev = value('dev')
    const br = value('br')
    if (dev !== undefined && !stack.iface(dev)) throw new Fail(`Cannot find device "${dev}"`)
    for (const i of stack.ifaces) {
      if ((dev !== undefined && i.name !== dev) || (br !== undefined && i.master?.name !== br && i.name !== br))
        continue
      const suffix = (text: string): string => (dev === undefined ? ` dev ${i.name}${text}` : text)
      if (i.vxlan)
        for (const [mac, ip] of i.vxlan.fdb) c.out(`${mac}${suffix(` dst ${formatIp(ip)} self permanent`)}\n`)
      else if (i.kind === 'bridge')
        c.out(`${groups(i.mac, BRIDGE_GROUPS, suffix)}${i.mac}${suffix(` master ${i.name} permanent`)}\n`)
      else if (i.master)
        c.out(
          `${i.peer?.mac ?? i.mac}${suffix(` master ${i.master.name} `)}\n${i.mac}${suffix(` master ${i.master.name} permanent`)}\n${groups(i.mac, PORT_GROUPS, suffix)}`,
        )
    }
    return 0
  }
  if (!may(c.p.creds, 'NET_ADMIN')) throw new Fail('RTNETLINK answers: Operation not permitted', 2)
  const vxlan = stack.iface(value('dev') ?? '')?.vxlan
  const mac = rest[0]
  if (!vxlan) throw new Fail('RTNETLINK answers: Operation not supported', 2)
  if (verb === 'del' || verb === 'delete') {
    if (!vxlan.fdb.delete(mac)) throw new Fail('RTNETLINK answers: No such file or directory', 2)
  } else {
    const dst = value('dst')?.split('.').map(Number)
    if (!dst) throw new Fail('Must specify destination', 255)
    vxlan.fdb.set(mac, ((dst[0] << 24) | (dst[1] << 16) | (dst[2] << 8) | dst[3]) >>> 0)
  }
  stack.changed()
  return 0
})

/** All hosts by IPv6 and IPv4; a bridge that snoops also hears all snoopers (RFC 4286). */
const PORT_GROUPS = ['33:33:00:00:00:01', '01:00:5e:00:00:01']
const BRIDGE_GROUPS = ['33:33:00:00:00:01', '01:00:5e:00:00:6a', '33:33:00:00:00:6a', '01:00:5e:00:00:01']

/** The multicast addresses to which a device listens; the last is the solicited-node address of its link-local one. */
const groups = (mac: string, all: readonly string[], suffix: (text: string) => string): string =>
  [...all, `33:33:ff:${mac.slice(9)}`].map((group) => `${group}${suffix(' self permanent')}\n`).join('')

/** ethtool without options, -i and -S. */
export const ethtool: Program = command('ethtool', (c) => {
  const name = c.args.find((a) => !a.startsWith('-'))
  if (name === undefined) throw new Fail('ethtool: bad command line argument(s)\nFor more information run ethtool -h')
  const i = stackOf(c.p).iface(name)
  if (!i) throw new Fail(`netlink error: no device matches name (offset 24)\nnetlink error: No such device`, 75)
  if (c.args.includes('-i')) {
    c.out(
      `driver: ${i.kind === 'ethernet' ? 'virtio_net' : i.kind}\nversion: 1.0.0\nfirmware-version: \nexpansion-rom-version: \nbus-info: \nsupports-statistics: yes\nsupports-test: no\nsupports-eeprom-access: no\nsupports-register-dump: no\nsupports-priv-flags: no\n`,
    )
    return 0
  }
  if (c.args.includes('-S')) {
    const k = i.counters
    c.out(
      `NIC statistics:\n     rx_queue_0_packets: ${k.rxPackets}\n     rx_queue_0_bytes: ${k.rxBytes}\n     rx_queue_0_drops: ${k.rxDropped}\n     tx_queue_0_packets: ${k.txPackets}\n     tx_queue_0_bytes: ${k.txBytes}\n`,
    )
    return 0
  }
  if (c.args.some((a) => a.startsWith('-'))) return notSimulated(c, c.args.join(' '))
  c.out(
    `Settings for ${name}:\n\tSupported ports: [  ]\n\tSupported link modes:   Not reported\n\tSupports auto-negotiation: No\n\tSpeed: Unknown!\n\tDuplex: Unknown! (255)\n\tAuto-negotiation: off\n\tPort: Other\n\tPHYAD: 0\n\tTransceiver: internal\n\tLink detected: ${stackOf(c.p).carrier(i) ? 'yes' : 'no'}\n`,
  )
  return 0
})
