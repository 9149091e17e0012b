import type { World } from '../../../src/cluster/index.ts'
import { installed, programs } from '../../../src/cluster/programs.ts'
import { createMachine, Network, type NtpService } from '../../../src/host/index.ts'
import { Kernel } from '../../../src/kernel/index.ts'
import { NetWorld } from './net.ts'
import { DEBIAN_LAB } from './platform.ts'

interface TimeServer {
  readonly ip: string
  readonly stratum?: number
  /** ms by which it is ahead; undefined: there is no such machine. */
  readonly ahead?: number
}

const SERVERS: Readonly<Record<string, TimeServer>> = {
  good: { ip: '10.8.0.2', stratum: 1, ahead: 0 },
  close: { ip: '10.8.0.3', stratum: 2, ahead: 0.4 },
  ahead: { ip: '10.8.0.4', stratum: 2, ahead: 900_000 },
  unreachable: { ip: '10.8.0.5' },
}

const LABS = {
  good: ['good', 'close', 'ahead', 'unreachable'],
  ahead: ['ahead'],
  unreachable: ['unreachable'],
} as const

/** chronyd -x, just started, without a command socket, and time servers beside it. */
export const clockLab =
  (lab: keyof typeof LABS) =>
  (seed: number, begin: number): World => {
    const kernel = new Kernel({ seed, start: begin })
    const network = new Network(kernel)
    const segment = network.segment('clocks', { latency: 0.02 })
    const home = createMachine({
      kernel,
      programs,
      install: installed,
      network,
      segment,
      name: 'client',
      cidr: '10.8.0.1/24',
      cpus: 2,
      memory: 4 * 2 ** 30,
      platform: DEBIAN_LAB,
    })
    const servers = LABS[lab].map((name) => SERVERS[name]!)
    for (const { ip, stratum, ahead } of servers) {
      if (ahead === undefined) continue
      const stack = network.host(ip)
      network.connect(stack, segment, { cidr: `${ip}/24` })
      const custom: NtpService = { ntp: () => ({ time: kernel.now() + ahead, stratum: stratum!, refid: '' }) }
      stack.listen(undefined, { proto: 'udp', port: 123, service: { name: 'ntp', custom } })
    }
    const world = new NetWorld(kernel, home, network)
    const sources = servers.map(({ ip }) => `server ${ip} iburst minpoll 2 maxpoll 3\n`).join('')
    world.write('/etc/chrony/lab.conf', `${sources}bindcmdaddress /\n`)
    world.run('systemctl stop chrony; chronyd -x -f /etc/chrony/lab.conf 2>/dev/null &')
    return world as unknown as World
  }
