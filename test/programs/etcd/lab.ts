import {
  Capture,
  FileSystem,
  Host,
  Network,
  type Process,
  type Program,
  type Stack,
  TextSource,
} from '../../../src/host/index.ts'
import { Kernel } from '../../../src/kernel/index.ts'
import { newControlPlaneCerts, newSharedPki, pkiFiles, type SharedPki } from '../../../src/pki/index.ts'
import { etcd } from '../../../src/programs/etcd/etcd.ts'

export const START = Date.parse('2026-11-21T02:13:07Z')
export const NAMES = ['controlplane', 'cp2', 'cp3']

let shared: SharedPki | undefined

/** Hosts with kubeadm's etcd PKI on one segment, and etcd processes started by hand. */
export class EtcdLab {
  readonly kernel = new Kernel({ seed: 'etcd-lab', start: START })
  readonly network = new Network(this.kernel)
  readonly hosts: Host[] = []
  readonly outputs = new Map<Process, { out: Capture; err: Capture }>()

  constructor(count = 3, programs: readonly Program[] = []) {
    const segment = this.network.segment('lan')
    const issuing = { rng: this.kernel.rng.fork('pki'), now: START - 3_600_000 }
    shared ??= newSharedPki(issuing)
    for (let i = 0; i < count; i++) {
      const name = NAMES[i]
      const host = new Host({
        name,
        kernel: this.kernel,
        programs: new Map([etcd, ...programs].map((p) => [p.name, p])),
        root: new FileSystem('/dev/sda1', 'ext4', 40e9),
        net: () => {
          const stack = this.network.host(name)
          this.network.connect(stack, segment, { cidr: `${ip(i)}/24`, gateway: '192.168.56.1' })
          return stack
        },
        cpus: 2,
        memory: 4 * 2 ** 30,
      })
      host.onProgramError = (_, error) => {
        throw error
      }
      for (const dir of ['/etc/kubernetes/pki/etcd', '/var/lib', '/root', '/opt/backup'])
        host.fs.mkdir(dir, { parents: true })
      const leaves = newControlPlaneCerts(
        shared,
        {
          nodeName: name,
          advertiseAddress: ip(i),
          apiServiceIp: '10.96.0.1',
          dnsDomain: 'cluster.local',
          extraSans: [],
        },
        issuing,
      )
      for (const file of pkiFiles(shared, leaves)) {
        const path = `/etc/kubernetes/pki/${file.path}`
        host.fs.mkdir(path.slice(0, path.lastIndexOf('/')), { parents: true })
        host.fs.writeFile(path, file.content, { mode: file.mode })
      }
      host.fs.writeFile('/etc/hosts', '127.0.0.1 localhost\n')
      this.hosts.push(host)
    }
  }

  stack(i: number): Stack {
    return this.hosts[i].net as Stack
  }

  /** Starts a program; its output is collected. */
  run(i: number, program: Program, argv: readonly string[], env: Record<string, string> = {}, stdin = ''): Process {
    const out = new Capture()
    const err = new Capture()
    const process = this.hosts[i].start({
      program,
      argv,
      env,
      cwd: '/root',
      stdin: new TextSource(stdin),
      stdout: out,
      stderr: err,
    })
    this.outputs.set(process, { out, err })
    return process
  }

  etcd(i: number, extra: readonly string[] = []): Process {
    return this.run(i, etcd, [...flags(i, this.hosts.length), ...extra])
  }

  /** Runs to the end and returns what a recording shows. */
  sh(
    i: number,
    program: Program,
    line: string,
    env: Record<string, string> = {},
    stdin = '',
  ): { exit: number | string; out: string; err: string; took: number } {
    const start = this.kernel.now()
    const p = this.run(i, program, line.split(' '), env, stdin)
    const until = start + 600_000
    while (!p.status && this.kernel.step(until));
    const status = p.status
    return {
      exit: status?.code ?? status?.signal ?? 'running',
      out: this.outputs.get(p)!.out.text(),
      err: this.outputs.get(p)!.err.text(),
      took: this.kernel.now() - start,
    }
  }

  stderr(p: Process): string {
    return this.outputs.get(p)!.err.text()
  }

  /** Messages of a server's log so far. */
  messages(p: Process): string[] {
    return this.stderr(p)
      .split('\n')
      .filter((l) => l.startsWith('{'))
      .map((l) => JSON.parse(l).msg)
  }
}

export const ip = (i: number): string => `192.168.56.${11 + i}`

/** kubeadm's command for member i of `count`. */
export function flags(i: number, count: number): string[] {
  const pki = '/etc/kubernetes/pki/etcd'
  const cluster = NAMES.slice(0, count)
    .map((n, k) => `${n}=https://${ip(k)}:2380`)
    .join(',')
  return [
    'etcd',
    `--advertise-client-urls=https://${ip(i)}:2379`,
    `--cert-file=${pki}/server.crt`,
    '--client-cert-auth=true',
    '--data-dir=/var/lib/etcd',
    '--feature-gates=InitialCorruptCheck=true',
    `--initial-advertise-peer-urls=https://${ip(i)}:2380`,
    `--initial-cluster=${cluster}`,
    `--key-file=${pki}/server.key`,
    `--listen-client-urls=https://127.0.0.1:2379,https://${ip(i)}:2379`,
    '--listen-metrics-urls=http://127.0.0.1:2381',
    `--listen-peer-urls=https://${ip(i)}:2380`,
    `--name=${NAMES[i]}`,
    `--peer-cert-file=${pki}/peer.crt`,
    '--peer-client-cert-auth=true',
    `--peer-key-file=${pki}/peer.key`,
    `--peer-trusted-ca-file=${pki}/ca.crt`,
    '--snapshot-count=10000',
    `--trusted-ca-file=${pki}/ca.crt`,
    '--watch-progress-notify-interval=5s',
  ]
}
