import { type Coro, type Rng, Signal, waitFor } from '../../kernel/index.ts'
import type { Host } from '../host.ts'
import { serviceKey } from '../host.ts'
import { JOURNAL, type Journal } from '../journal.ts'
import type { Process } from '../process.ts'
import { unmetCondition } from './conditions.ts'
import { aliasTarget, findFragment, linkedDependencies, loadUnit, signatureOf, UNIT_PATHS } from './load.ts'
import { Timers } from './timers.ts'
import { Unit } from './unit.ts'

export type JobType = 'start' | 'stop' | 'restart' | 'reload'
export type JobResult = 'done' | 'failed' | 'timeout' | 'dependency' | 'canceled' | 'skipped'

export interface Job {
  readonly id: number
  readonly unit: Unit
  readonly type: JobType
  result: JobResult | undefined
  readonly finished: Signal
  /** The job that must be finished first. */
  waitsFor: Job | undefined
}

const SUFFIX = /\.(service|socket|target|timer|mount|automount|swap|path|slice|scope|device)$/

const isUp = (unit: Unit): boolean => unit.active === 'active' || unit.active === 'reloading'

/** `kubelet` → `kubelet.service`. */
export const unitName = (name: string): string => (SUFFIX.test(name) ? name : `${name}.service`)

/** PID 1 of a machine: its units, jobs and unit files. Models systemd 257. */
export class Systemd {
  readonly units = new Map<string, Unit>()
  /** Jobs that start a unit and are not finished. */
  private readonly starting = new Set<Job>()
  readonly journal: Journal
  readonly rng: Rng
  readonly timers: Timers
  /** Fires when any unit changes its state. */
  readonly changed = new Signal()
  private jobs = 0

  constructor(readonly host: Host) {
    this.journal = host.service(JOURNAL)
    this.rng = host.rng.fork('systemd')
    this.timers = new Timers(this)
  }

  nextJob(): number {
    this.jobs += 1
    return this.jobs
  }

  /** The unit in memory, loaded when needed. Idle units that nobody refers to are forgotten, so their files are read anew. */
  unit(name: string): Unit {
    const full = this.resolveAlias(unitName(name))
    let unit = this.units.get(full)
    if (unit && this.collectable(unit) && unit.config.signature !== signatureOf(this.host.fs, full)) unit = undefined
    if (!unit) {
      unit = new Unit(this, loadUnit(this.host.fs, full, this.host.name))
      this.logWarnings(unit)
      if (unit.config.load !== 'not-found') this.units.set(full, unit)
      else this.units.delete(full)
    }
    return unit
  }

  /** True when files of a loaded unit changed since they were read. */
  needsReload(unit: Unit): boolean {
    return unit.config.load !== 'not-found' && unit.config.signature !== signatureOf(this.host.fs, unit.name)
  }

  /** `systemctl daemon-reload`: reads all unit files anew; what runs goes on with its new configuration. */
  daemonReload(): void {
    this.journal.write({
      message: "Reloading requested from client PID 1 ('systemctl')...",
      identifier: 'systemd',
      pid: 1,
      unit: 'init.scope',
    })
    for (const [name, unit] of [...this.units]) {
      unit.config = loadUnit(this.host.fs, name, this.host.name)
      this.logWarnings(unit)
      if (unit.config.load === 'not-found' && unit.active === 'inactive') this.units.delete(name)
    }
    this.loadWanted()
    this.timers.reload()
  }

  /** Queues a job. */
  request(type: JobType, unit: Unit, chain: ReadonlySet<string> = new Set()): Job {
    const job: Job = {
      id: this.nextJob(),
      unit,
      type,
      result: undefined,
      finished: new Signal(),
      waitsFor: undefined,
    }
    if (type !== 'stop') this.starting.add(job)
    this.host.kernel.spawn(`job ${type} ${unit.name}`, this.run(job, chain), (task) => {
      if (task.state === 'failed') throw task.error
      job.result = task.result as JobResult
      this.starting.delete(job)
      unit.job = undefined
      job.finished.fire()
    })
    return job
  }

  /** Runs a job to its end. */
  *perform(type: JobType, unit: Unit): Coro<JobResult> {
    const job = this.request(type, unit)
    while (job.result === undefined) yield* waitFor(job.finished)
    return job.result
  }

  private *run(job: Job, chain: ReadonlySet<string>): Coro<JobResult> {
    const { unit } = job
    unit.job = job.id
    switch (job.type) {
      case 'start':
        return yield* this.startUnit(job, chain)
      case 'stop':
        return yield* this.stopUnit(unit)
      case 'restart': {
        yield* this.stopUnit(unit)
        unit.job = job.id
        return yield* this.startUnit(job, chain)
      }
      case 'reload': {
        unit.send({ type: 'RELOAD' })
        while (unit.active === 'reloading') yield* waitFor(this.changed)
        return unit.active === 'active' ? 'done' : 'failed'
      }
    }
  }

  /** Waits for the units that are being started, too, and that come before this one by After= or Before=. */
  private *inOrder(job: Job, chain: ReadonlySet<string>): Coro {
    const { unit } = job
    const first = [...this.starting].filter(
      (other) =>
        other.unit !== unit &&
        !chain.has(other.unit.name) &&
        (unit.config.after.includes(other.unit.name) || other.unit.config.before.includes(unit.name)),
    )
    for (const other of first) {
      // A cycle: systemd leaves one of its jobs out of the order as well.
      for (let j: Job | undefined = other; j; j = j.waitsFor) if (j === job) return
      job.waitsFor = other
      while (other.result === undefined) yield* waitFor(other.finished)
    }
    job.waitsFor = undefined
  }

  private *startUnit(job: Job, chain: ReadonlySet<string>): Coro<JobResult> {
    const { unit } = job
    if (isUp(unit)) return 'done'
    if (unit.config.load !== 'loaded') return 'failed'
    const through = new Set([...chain, unit.name])
    const required: Job[] = []
    const others: Job[] = []
    for (const [names, jobs] of [
      [unit.config.requires, required],
      [unit.config.wants, others],
    ] as const)
      for (const name of names) {
        if (through.has(name)) continue
        const dep = this.unit(name)
        if (
          dep.config.load === 'loaded' &&
          (dep.active === 'inactive' || (dep.active === 'failed' && jobs === required))
        )
          jobs.push(this.request('start', dep, through))
      }
    for (const name of unit.config.conflicts) {
      const other = this.units.get(name)
      if (other && other.active !== 'inactive' && name !== 'shutdown.target') yield* this.perform('stop', other)
    }
    const waitFirst =
      unit.config.type === 'target'
        ? [...required, ...others]
        : [...required, ...others].filter((j) => unit.config.after.includes(j.unit.name))
    for (const job of waitFirst) while (job.result === undefined) yield* waitFor(job.finished)
    if (required.some((j) => j.result !== undefined && j.result !== 'done' && j.result !== 'skipped')) {
      unit.log(`Dependency failed for ${unit.title}.`, 3, {
        id: 'unit-failed-start',
        job: unit.job,
        result: 'dependency',
      })
      unit.log(`${unit.name}: Job ${unit.name}/start failed with result 'dependency'.`, 5)
      return 'dependency'
    }
    yield* this.inOrder(job, through)
    const condition = unmetCondition(this.host, unit.config.conditions)
    if (condition) {
      unit.log(`${unit.title} was skipped because of an unmet condition check (${condition}).`, 6)
      return 'done'
    }
    if (unit.config.type !== 'service') return this.switchOn(unit)
    unit.send({ type: 'START' })
    while (unit.active === 'activating' && unit.sub !== 'auto-restart') yield* waitFor(this.changed)
    if (isUp(unit)) return 'done'
    return unit.result === 'success' ? 'done' : unit.result === 'timeout' ? 'timeout' : 'failed'
  }

  private switchOn(unit: Unit): JobResult {
    unit.switch(true)
    const type = unit.config.type
    if (type === 'target') unit.log(`Reached target ${unit.title}.`, 6, { id: 'unit-started', job: unit.job })
    else if (type === 'socket') unit.log(`Listening on ${unit.title}.`, 6, { id: 'unit-started', job: unit.job })
    else if (type === 'mount') unit.log(`Mounted ${unit.title}.`, 6, { id: 'unit-started', job: unit.job })
    else unit.log(`Started ${unit.title}.`, 6, { id: 'unit-started', job: unit.job })
    if (type === 'timer') this.timers.arm(unit)
    return 'done'
  }

  private *stopUnit(unit: Unit): Coro<JobResult> {
    for (const other of [...this.units.values()])
      if (
        (other.config.partOf.includes(unit.name) || other.config.requires.includes(unit.name)) &&
        other.active !== 'inactive' &&
        other.active !== 'failed' &&
        other !== unit
      )
        yield* this.perform('stop', other)
    if (unit.config.type !== 'service') {
      if (unit.active === 'active') {
        unit.switch(false)
        if (unit.config.type === 'target')
          unit.log(`Stopped target ${unit.title}.`, 6, { id: 'unit-stopped', job: unit.job, result: 'done' })
        else if (unit.config.type === 'socket')
          unit.log(`Closed ${unit.title}.`, 6, { id: 'unit-stopped', job: unit.job, result: 'done' })
        else unit.log(`Stopped ${unit.title}.`, 6, { id: 'unit-stopped', job: unit.job, result: 'done' })
      }
      this.timers.disarm(unit)
      return 'done'
    }
    unit.send({ type: 'STOP' })
    while (unit.active !== 'inactive' && unit.active !== 'failed') yield* waitFor(this.changed)
    return 'done'
  }

  // Unit files

  /** What `systemctl is-enabled` says, or undefined when there is no such unit. */
  fileState(name: string): string | undefined {
    const full = unitName(name)
    const fs = this.host.fs
    const fragment = findFragment(fs, full)
    if (!fragment) return undefined
    const node = fs.lresolve(fragment)
    if (node.kind === 'symlink') {
      if (node.target === '/dev/null') return fragment.startsWith('/run') ? 'masked-runtime' : 'masked'
      const target = node.target.slice(node.target.lastIndexOf('/') + 1)
      if (fragment.startsWith('/etc/systemd/system/') && target !== full) return 'alias'
    }
    const install = loadUnit(fs, full, this.host.name).settings.filter((s) => s.section === 'Install')
    if (this.enablingLinks(full).length > 0) return 'enabled'
    if (install.length === 0) return 'static'
    return install.every((s) => s.key === 'Also' || s.key === 'DefaultInstance') ? 'indirect' : 'disabled'
  }

  /** Links in /etc (and /run) that enable the unit. */
  enablingLinks(name: string): string[] {
    const fs = this.host.fs
    const out: string[] = []
    for (const dir of ['/etc/systemd/system', '/run/systemd/system']) {
      if (fs.find(dir)?.kind !== 'dir') continue
      for (const [entry, node] of fs.readdir(dir)) {
        if (node.kind === 'dir' && /\.(wants|requires)$/.test(entry)) {
          for (const [link] of fs.readdir(`${dir}/${entry}`)) if (link === name) out.push(`${dir}/${entry}/${link}`)
        } else if (node.kind === 'symlink' && entry !== name && node.target.endsWith(`/${name}`))
          out.push(`${dir}/${entry}`)
      }
    }
    return out
  }

  /** Creates the links that [Install] asks for; returns `Created symlink` lines. Throws the sentence of a failure. */
  enable(name: string): string[] {
    const full = unitName(name)
    const fs = this.host.fs
    const fragment = findFragment(fs, full)
    if (!fragment) throw new Error(`Unit ${full} does not exist`)
    const node = fs.lresolve(fragment)
    if (node.kind === 'symlink' && node.target === '/dev/null') throw new Error(`Unit ${full} is masked`)
    const config = loadUnit(fs, full, this.host.name)
    const lines: string[] = []
    const link = (path: string): void => {
      if (fs.exists(path)) return
      fs.mkdir(path.slice(0, path.lastIndexOf('/')), { parents: true })
      fs.symlink(fragment, path)
      lines.push(`Created symlink '${path}' → '${fragment}'.`)
    }
    for (const s of config.settings.filter((x) => x.section === 'Install'))
      for (const word of s.value.split(/\s+/).filter(Boolean)) {
        if (s.key === 'WantedBy') link(`/etc/systemd/system/${word}.wants/${full}`)
        else if (s.key === 'RequiredBy') link(`/etc/systemd/system/${word}.requires/${full}`)
        else if (s.key === 'Alias') link(`/etc/systemd/system/${word}`)
        else if (
          s.key === 'Also' &&
          findFragment(fs, unitName(word)) &&
          unitName(word) !== full &&
          this.fileState(word) !== 'enabled'
        )
          lines.push(...this.enable(word))
      }
    if (lines.length > 0) this.refreshDependencies()
    return lines
  }

  /** True when [Install] has nothing to do. */
  hasInstall(name: string): boolean {
    return loadUnit(this.host.fs, unitName(name), this.host.name).settings.some((s) => s.section === 'Install')
  }

  disable(name: string): string[] {
    const full = unitName(name)
    if (!findFragment(this.host.fs, full)) throw new Error(`Unit ${full} does not exist`)
    const links = this.enablingLinks(full)
    for (const path of links) this.host.fs.unlink(path)
    if (links.length > 0) this.refreshDependencies()
    return links.map((path) => `Removed '${path}'.`)
  }

  mask(name: string): string[] {
    const full = unitName(name)
    const path = `/etc/systemd/system/${full}`
    const fs = this.host.fs
    try {
      const node = fs.lresolve(path)
      if (node.kind === 'symlink' && node.target === '/dev/null') return []
      throw new Error(`File '${path}' already exists`)
    } catch (error) {
      if (error instanceof Error && error.message.startsWith('File ')) throw error
    }
    fs.symlink('/dev/null', path)
    this.refreshUnit(full)
    return [`Created symlink '${path}' → '/dev/null'.`]
  }

  unmask(name: string): string[] {
    const full = unitName(name)
    const path = `/etc/systemd/system/${full}`
    try {
      const node = this.host.fs.lresolve(path)
      if (node.kind !== 'symlink' || node.target !== '/dev/null') return []
    } catch {
      return []
    }
    this.host.fs.unlink(path)
    this.refreshUnit(full)
    return [`Removed '${path}'.`]
  }

  getDefault(): string {
    const target = aliasTarget(this.host.fs, 'default.target')
    return target === 'default.target' ? 'multi-user.target' : target
  }

  /** All unit files by name. */
  unitFiles(): string[] {
    const names = new Set<string>()
    for (const dir of UNIT_PATHS)
      if (this.host.fs.find(dir)?.kind === 'dir')
        for (const [name, node] of this.host.fs.readdir(dir))
          if (SUFFIX.test(name) && node.kind !== 'dir') names.add(name)
    return [...names].sort()
  }

  /** Loads everything that loaded units want, so that it shows up in list-units. */
  loadWanted(): void {
    const seen = new Set<string>()
    const visit = (name: string): void => {
      if (seen.has(name)) return
      seen.add(name)
      const unit = this.unit(name)
      for (const dep of [...unit.config.wants, ...unit.config.requires]) visit(dep)
    }
    visit(this.getDefault())
  }

  /** The unit that a process belongs to. */
  unitOf(p: Process): Unit | undefined {
    const m = /^\/system\.slice\/([^/]+)/.exec(p.cgroup)
    return m ? this.units.get(m[1]) : undefined
  }

  /** @internal */
  unitChanged(unit: Unit): void {
    this.timers.unitChanged(unit)
    this.changed.fire()
  }

  private refreshDependencies(): void {
    for (const [name, unit] of this.units)
      unit.config = {
        ...unit.config,
        wants: [
          ...new Set([
            ...unit.config.wants.filter((w) => !this.isLink(name, w)),
            ...linkedDependencies(this.host.fs, name, 'wants'),
          ]),
        ],
        requires: [...new Set([...unit.config.requires, ...linkedDependencies(this.host.fs, name, 'requires')])],
      }
    this.loadWanted()
  }

  /** Was this dependency a link that is gone now? Those written in the file itself stay. */
  private isLink(unit: string, dep: string): boolean {
    const written = this.units
      .get(unit)
      ?.config.settings.some((s) => s.key === 'Wants' && s.value.split(/\s+/).includes(dep))
    return !written
  }

  private refreshUnit(name: string): void {
    const unit = this.units.get(name)
    if (unit) unit.config = loadUnit(this.host.fs, name, this.host.name)
  }

  private collectable(unit: Unit): boolean {
    if (unit.active !== 'inactive') return false
    for (const other of this.units.values())
      if (other !== unit && (other.config.wants.includes(unit.name) || other.config.requires.includes(unit.name)))
        return false
    return true
  }

  private resolveAlias(name: string): string {
    const target = aliasTarget(this.host.fs, name)
    return SUFFIX.test(target) && !target.includes('@.') ? target : name
  }

  /** Says what is wrong in a unit's files, as at every loading. */
  logWarnings(unit: Unit): void {
    for (const message of unit.config.warnings)
      this.journal.write({ message, identifier: 'systemd', pid: 1, unit: 'init.scope', about: unit.name, priority: 4 })
  }
}

export const SYSTEMD = serviceKey<Systemd>('systemd')

/** sd_notify(3): a service says `READY=1` or `STATUS=…`. Without systemd nothing happens. */
export function sdNotify(p: Process, message: string): void {
  if (p.host.has(SYSTEMD)) p.host.service(SYSTEMD).unitOf(p)?.notify(message)
}
