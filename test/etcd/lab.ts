import { foundReplica, parseInitialCluster } from '../../src/etcd/bootstrap.ts'
import { zapLog } from '../../src/etcd/log.ts'
import { Member } from '../../src/etcd/member.ts'
import type { Replica } from '../../src/etcd/replica.ts'
import { Kernel } from '../../src/kernel/index.ts'

export const START = Date.parse('2026-11-21T02:13:07Z')

/** Members without hosts: a network that is a table, logs that are arrays. */
export class Lab {
  readonly kernel = new Kernel({ seed: 'lab', start: START })
  readonly listening = new Map<string, Member>()
  readonly cut = new Set<string>()
  readonly logs = new Map<string, string[]>()
  readonly exits: string[] = []

  member(name: string, url: string, replica: Replica): Member {
    const lines: string[] = []
    this.logs.set(name, lines)
    const reachable = (to: string): boolean => !this.cut.has(url) && !this.cut.has(to)
    const member: Member = new Member(
      {
        kernel: this.kernel,
        rng: this.kernel.rng.fork(name),
        log: zapLog(
          () => this.kernel.now(),
          (line) => lines.push(line),
        ),
        clock: () => this.kernel.now(),
        network: {
          dial: (to) => {
            const at = to.replace('https://', '')
            if (!reachable(to)) return { error: `dial tcp ${at}: i/o timeout` }
            const m = this.listening.get(to)
            return m ? { member: m } : { error: `dial tcp ${at}: connect: connection refused` }
          },
          flows: reachable,
        },
        exit: (code, text) => {
          this.exits.push(`${name} ${code} ${text}`)
          this.stop(member, 'unexpected EOF')
        },
      },
      replica,
      { name, clientUrls: [url.replace('2380', '2379')], quota: 2147483648, version: '3.6.10' },
    )
    this.listening.set(url, member)
    member.connect()
    member.begin(member.members.length === 1 ? 900 : 0)
    return member
  }

  stop(member: Member, error: 'EOF' | 'unexpected EOF'): void {
    for (const [url, m] of this.listening) if (m === member) this.listening.delete(url)
    member.stop(error)
  }

  /** Messages of one member's log since the last call. */
  said(name: string): string[] {
    const lines = this.logs.get(name)!
    return lines.splice(0).map((l) => JSON.parse(l).msg)
  }
}

export const url = (i: number): string => `https://192.168.56.${i}:2380`
export const NAMES = ['controlplane', 'cp2', 'cp3']

/** Three members, started together and healthy. */
export function three(): { lab: Lab; members: Member[] } {
  const lab = new Lab()
  const initial = parseInitialCluster(NAMES.map((n, i) => `${n}=${url(11 + i)}`).join(','))
  const members = NAMES.map((n, i) => lab.member(n, url(11 + i), foundReplica(initial, 'etcd-cluster', n)))
  lab.kernel.advance(3000)
  return { lab, members }
}
