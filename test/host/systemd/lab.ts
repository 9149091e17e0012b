import {
  boot,
  createMachine,
  type Host,
  JOURNAL,
  Network,
  type Program,
  SYSTEMD,
  type Systemd,
} from '../../../src/host/index.ts'
import { Kernel } from '../../../src/kernel/index.ts'
import { systemPrograms } from '../../../src/programs/system/index.ts'

const sleeper: Program = {
  name: 'sleep',
  *main(p) {
    return yield* p.park()
  },
}

/** `/bin/fail MESSAGE CODE`: writes to stderr and exits. */
const fail: Program = {
  name: 'fail',
  *main(p) {
    if (p.argv[1]) p.stderr.write(`${p.argv[1]}\n`)
    return Number(p.argv[2] ?? 1)
  },
}
const success: Program = {
  name: 'true',
  *main() {
    return 0
  },
}

export interface SystemLab {
  readonly kernel: Kernel
  readonly host: Host
  readonly systemd: Systemd
  unit(name: string, text: string): void
  /** Runs a job to its end and returns the result. */
  job(type: 'start' | 'stop' | 'restart' | 'reload', name: string): string
  /** Journal of a unit: `identifier: message`. */
  log(name: string): string[]
}

export function systemLab(programs: Program[] = []): SystemLab {
  const kernel = new Kernel({ seed: 3, start: Date.UTC(2026, 10, 21, 2, 0, 0) })
  const network = new Network(kernel)
  const all = [...systemPrograms, sleeper, fail, success, ...programs]
  const host = createMachine({
    kernel,
    programs: new Map(all.map((p) => [p.name, p])),
    network,
    segment: network.segment('lan'),
    name: 'cp1',
    cidr: '192.168.56.10/24',
    gateway: '192.168.56.1',
    cpus: 2,
    memory: 4 * 2 ** 30,
  })
  kernel.spawn('boot', boot(host))
  kernel.advance(5000)
  const systemd = host.service(SYSTEMD)
  return {
    kernel,
    host,
    systemd,
    unit: (name, text) => void host.fs.writeFile(`/etc/systemd/system/${name}`, text),
    job: (type, name) => {
      const job = systemd.jobs.request(type, systemd.unit(name))
      for (let i = 0; i < 1000 && job.result === undefined; i++) kernel.step()
      return job.result ?? 'pending'
    },
    log: (name) =>
      host
        .service(JOURNAL)
        .entries()
        .filter((e) => e.unit === name || e.about === name)
        .map((e) => `${e.identifier}: ${e.message}`),
  }
}
