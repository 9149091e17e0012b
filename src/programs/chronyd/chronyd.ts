import { lookup, type NtpService, type Process, type Program, serviceKey } from '../../host/index.ts'
import { type Coro, type Rng, sleep } from '../../kernel/index.ts'
import { type ChronyConfig, parseChronyConf } from './config.ts'
import { Steering } from './steering.ts'

/** One time source as `chronyc sources` shows it. Times in seconds. */
export interface Source {
  readonly name: string
  readonly ip: string
  stratum: number
  poll: number
  /** Reachability register: one bit for each of the last eight polls. */
  reach: number
  lastRx: number | undefined
  /** Measured offset of the local clock from the source (positive: local is ahead), at the last sample. */
  offset: number
  /** Estimated error. */
  error: number
  /** What chance adds to a measurement. */
  jitter: number
  readonly maxpoll: number
  /** Polls in a row without an answer. */
  missed: number
  state: '*' | '+' | '-' | '?' | 'x' | '~'
  samples: number
  firstSample: number | undefined
}

/** What a running chronyd knows; chronyc reads and changes it. */
export interface Chrony {
  readonly process: Process
  readonly sources: Source[]
  updates: number
  selected: Source | undefined
  /** Host clock (ms) of the last update. */
  refTime: number | undefined
  lastOffset: number
  rmsOffset: number
  frequency: number
  skew: number
  interval: number
  online: boolean
  /** What the clock is still ahead by, while it is being slewed; seconds. */
  remaining(): number
  /** Makes the rest of the correction at once. */
  makestep(): void
  /** Option -x: the host's clock is left alone; this (s) is added to its time instead. */
  correction: number | undefined
  /** Has a Unix socket, over which root may command. */
  readonly commandable: boolean
}

export const CHRONY = serviceKey<Chrony>('chrony')

/** Pauses of `iburst`, ms, and before the first packet. */
const BURST = [2000, 2000, 2000, 1000]
const FIRST_POLL = 200
/** A source that does not answer so often in a row is asked less often. */
const PATIENCE = 4

/** chronyd: measures sources over the network and steers the host's clock. */
export const chronyd: Program = {
  name: 'chronyd',
  *main(p) {
    p.rss = 4 << 20
    const path = p.argv.includes('-f') ? p.argv[p.argv.indexOf('-f') + 1] : '/etc/chrony/chrony.conf'
    const file = p.fs.find(path)
    p.stderr.write(
      'chronyd version 4.5 starting (+CMDMON +NTP +REFCLOCK +RTC +PRIVDROP +SCFILTER +SIGND +ASYNCDNS +NTS +SECHASH +IPV6 -DEBUG)\n',
    )
    if (file?.kind !== 'file') {
      p.stderr.write(`Fatal error : Could not open configuration file ${path} : No such file or directory\n`)
      return 1
    }
    const config = parseChronyConf(file.read(), path)
    if (config.error) {
      p.stderr.write(`${config.error}\n`)
      return 1
    }
    p.stderr.write('Frequency -9.542 +/- 0.281 ppm read from /var/lib/chrony/chrony.drift\n')
    const chrony = start(p, config)
    const steering = new Steering(p, chrony)
    chrony.remaining = () => steering.remaining()
    chrony.makestep = () => chrony.correction === undefined && steering.step(-steering.remaining())
    p.host.attach(CHRONY, chrony)
    p.defer(() => {
      if (p.host.has(CHRONY) && p.host.service(CHRONY) === chrony) p.host.detach(CHRONY)
      p.host.clock.steer(1)
    })
    p.onSignal('SIGTERM', () => {
      p.stderr.write('chronyd exiting\n')
      p.exit(0)
    })
    p.net.listen(p, { proto: 'udp', addr: '127.0.0.1', port: 323, service: { name: 'chronyd' } })
    yield* resolveSources(p, chrony, config)
    const rng = p.host.rng.fork(`chrony/${p.pid}`)
    yield* sleep(p.host.kernel, FIRST_POLL)
    for (let round = 0; ; round++) {
      for (const source of chrony.sources) poll(p, chrony, source, rng)
      update(p, chrony, config, steering, rng)
      const regular = 1000 * 2 ** Math.min(...chrony.sources.map((s) => s.poll), 6)
      const pause = BURST[round] ?? regular
      chrony.interval = pause < regular ? pause / 1000 : regular / 992
      yield* sleep(p.host.kernel, pause)
      if (chrony.sources.length === 0) yield* resolveSources(p, chrony, config)
    }
  },
}

function start(p: Process, config: ChronyConfig): Chrony {
  const chrony: Chrony = {
    process: p,
    sources: [],
    updates: 0,
    selected: undefined,
    refTime: undefined,
    lastOffset: 0,
    rmsOffset: 0,
    frequency: -9.542,
    skew: 0.281,
    interval: 0,
    online: true,
    remaining: () => 0,
    makestep: () => {},
    correction: p.argv.includes('-x') ? 0 : undefined,
    commandable: config.commandSocket,
  }
  return chrony
}

function* resolveSources(p: Process, chrony: Chrony, config: ChronyConfig): Coro {
  for (const s of config.sources) {
    const r = yield* lookup(p, s.name)
    if (!r.ok) continue
    for (const ip of r.ips.slice(0, s.pool ? 4 : 1))
      if (!chrony.sources.some((x) => x.ip === ip))
        chrony.sources.push({
          name: s.name,
          ip,
          stratum: 0,
          poll: s.minpoll,
          maxpoll: s.maxpoll,
          missed: 0,
          reach: 0,
          lastRx: undefined,
          offset: 0,
          error: 0,
          jitter: 0,
          state: '?',
          samples: 0,
          firstSample: undefined,
        })
  }
}

function poll(p: Process, chrony: Chrony, s: Source, rng: Rng): void {
  s.reach = (s.reach << 1) & 0xff
  const r = p.net.dial({ ip: s.ip, port: 123, proto: 'udp', from: p, note: 'NTPv4, Client, length 48' })
  const ntp = r.outcome === 'open' ? (r.socket.service.custom as NtpService | undefined)?.ntp?.() : undefined
  if (!ntp || r.outcome !== 'open') {
    if (++s.missed % PATIENCE === 0) s.poll = Math.min(s.poll + 1, s.maxpoll)
    return
  }
  s.missed = 0
  s.reach |= 1
  s.stratum = ntp.stratum
  s.lastRx = p.host.kernel.now()
  s.firstSample ??= s.lastRx
  s.samples++
  s.jitter = (rng.float() - 0.5) * 0.0004
  s.offset = (p.host.clock.now() - ntp.time) / 1000 + (chrony.correction ?? 0) + s.jitter
  s.error = 0.008 + r.rtt / 2000 + rng.float() * 0.01
}

function update(p: Process, chrony: Chrony, config: ChronyConfig, steering: Steering, rng: Rng): void {
  const usable = chrony.sources.filter((s) => s.reach !== 0)
  for (const s of chrony.sources) s.state = '?'
  if (usable.length === 0) {
    if (chrony.selected) p.stderr.write("Can't synchronise: no selectable sources\n")
    chrony.selected = undefined
    return
  }
  // The majority that agrees within its error bounds tells the time; the others are falsetickers.
  const groups = usable.map((s) => usable.filter((o) => Math.abs(o.offset - s.offset) <= o.error + s.error))
  const best = groups.reduce((a, b) => (b.length > a.length ? b : a))
  for (const s of usable) s.state = best.includes(s) ? '+' : 'x'
  if (usable.length > 1 && best.length * 2 <= usable.length) {
    for (const s of usable) s.state = 'x'
    return
  }
  const selected = best.reduce(
    (a, b) => (b.stratum < a.stratum || (b.stratum === a.stratum && b.error < a.error - 0.006) ? b : a),
    chrony.selected && best.includes(chrony.selected) ? chrony.selected : best[0],
  )
  if (selected !== chrony.selected)
    p.stderr.write(`Selected source ${selected.ip}${selected.name === selected.ip ? '' : ` (${selected.name})`}\n`)
  chrony.selected = selected
  selected.state = '*'
  // Only what was measured just now moves the clock: an old sample was answered already.
  if ((selected.reach & 1) === 0) return
  chrony.updates++
  chrony.refTime = p.host.clock.now()
  const offset = selected.offset
  const m = config.makestep
  if (chrony.correction !== undefined) correct(chrony, offset)
  else if (m && Math.abs(offset) > m.threshold && (m.limit < 0 || chrony.updates <= m.limit)) {
    steering.step(-offset)
    p.stderr.write(`System clock was stepped by ${(-offset).toFixed(6)} seconds\n`)
  } else steering.slew(offset)
  chrony.lastOffset = -offset
  chrony.rmsOffset = Math.sqrt((chrony.rmsOffset ** 2 * 7 + offset ** 2) / 8) || Math.abs(offset)
  chrony.skew = 0.02 + rng.float() * 0.3
}

/** With -x only chronyd's own idea of the time is corrected. */
function correct(chrony: Chrony, offset: number): void {
  chrony.correction! -= offset
  for (const s of chrony.sources) if (s.samples > 0) s.offset += s.jitter - offset
}
