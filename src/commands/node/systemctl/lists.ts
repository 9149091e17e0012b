import type { Systemd, Unit } from '../../../host/index.ts'
import { globRegex } from '../../../kernel/index.ts'
import { ago, systemdTime } from '../lib/time.ts'
import { dot } from './status.ts'

/** Columns padded to their widest cell; the last is not padded. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0].map((_, i) => Math.max(...rows.map((r) => [...r[i]].length)))
  return rows.map((r) =>
    r.map((cell, i) => (i === r.length - 1 ? cell : cell + ' '.repeat(widths[i] - [...cell].length))).join(' '),
  )
}

const LEGEND = `
Legend: LOAD   → Reflects whether the unit definition was properly loaded.
        ACTIVE → The high-level unit activation state, i.e. generalization of SUB.
        SUB    → The low-level unit activation state, values depend on unit type.
`

interface ListOptions {
  readonly all: boolean
  readonly failed: boolean
  readonly types: readonly string[]
  readonly states: readonly string[]
  readonly patterns: readonly string[]
  readonly legend: boolean
  readonly plain: boolean
}

/** Patterns of units; a bare name is a service's. */
const unitPatterns = (patterns: readonly string[]): RegExp[] =>
  patterns.map((p) => globRegex(/[*?[]/.test(p) || /\.\w+$/.test(p) ? p : `${p}.service`))

/** `systemctl list-units`: the loaded units in a table. */
export function listUnits(systemd: Systemd, o: ListOptions): string {
  const patterns = unitPatterns(o.patterns)
  const chosen = [...systemd.units.values()]
    .filter((u) => {
      if (patterns.length > 0 && !patterns.some((p) => p.test(u.name))) return false
      if (o.types.length > 0 && !o.types.includes(u.config.type)) return false
      if (o.failed) return u.active === 'failed'
      if (o.states.length > 0)
        return o.states.includes(u.active) || o.states.includes(u.sub) || o.states.includes(u.config.load)
      return o.all || u.active !== 'inactive' || u.job !== undefined
    })
    .sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1))
  const marks = chosen.map((u) =>
    u.active === 'failed' || u.config.load !== 'loaded' ? (u.active === 'failed' ? '●' : dot(u)) : ' ',
  )
  const rows = chosen.map((u) => [u.name, u.config.load, u.active, u.sub, u.config.description])
  const lines = table(
    o.legend
      ? [['UNIT', 'LOAD', 'ACTIVE', 'SUB', 'DESCRIPTION'], ...rows]
      : rows.length > 0
        ? rows
        : [['', '', '', '', '']],
  )
  const body = o.legend
    ? lines.map((l, i) => `${i === 0 ? ' ' : marks[i - 1]} ${l}`)
    : rows.length > 0
      ? lines.map((l, i) => (o.plain ? l : `${marks[i]} ${l}`))
      : []
  if (!o.legend) return body.map((l) => `${l}\n`).join('')
  const count = o.failed || o.states.length > 0 || o.all
  const tail = count
    ? `${chosen.length} loaded units listed.\n${o.all && !o.failed ? "To show all installed unit files use 'systemctl list-unit-files'.\n" : ''}`
    : `${chosen.length} loaded units listed. Pass --all to see loaded but inactive units, too.\nTo show all installed unit files use 'systemctl list-unit-files'.\n`
  return `${body.join('\n')}\n${chosen.length > 0 ? LEGEND : ''}\n${tail}`
}

const TYPES = ['service', 'mount', 'swap', 'socket', 'target', 'device', 'automount', 'timer', 'path', 'slice', 'scope']
const rank = (u: Unit): number =>
  ['device', 'automount', 'mount', 'path', 'scope', 'service', 'slice', 'socket', 'swap', 'target', 'timer'].indexOf(
    u.config.type,
  ) ?? TYPES.length

/** `systemctl list-unit-files`: what is installed, and whether it is enabled. */
export function listUnitFiles(
  systemd: Systemd,
  o: Pick<ListOptions, 'types' | 'states' | 'patterns' | 'legend'>,
): string {
  const patterns = unitPatterns(o.patterns)
  const rows = systemd.installed
    .names()
    .filter(
      (n) =>
        (patterns.length === 0 || patterns.some((p) => p.test(n))) &&
        (o.types.length === 0 || o.types.includes(n.slice(n.lastIndexOf('.') + 1))),
    )
    .map((n) => [n, systemd.installed.state(n) ?? 'bad'])
    .filter(([, state]) => o.states.length === 0 || o.states.includes(state))
    .map(([n, state]) => [
      n,
      state,
      state === 'enabled' || state === 'disabled' || state === 'masked' ? 'enabled' : '-',
    ])
  const name = Math.max(9, ...rows.map((r) => r[0].length))
  const line = (r: readonly string[]): string => `${r[0].padEnd(name)} ${r[1].padEnd(15)} ${r[2]}\n`
  const body = rows.map(line).join('')
  return o.legend ? `${line(['UNIT FILE', 'STATE', 'PRESET'])}${body}\n${rows.length} unit files listed.\n` : body
}

/** `systemctl list-timers`, the next one first. */
export function listTimers(systemd: Systemd, all: boolean): string {
  const now = systemd.host.clock.now()
  const rows = [...systemd.units.values()]
    .filter((u) => u.config.type === 'timer' && (all || u.active === 'active'))
    .map((u) => ({ u, next: systemd.timers.next(u.name), last: systemd.timers.last.get(u.name) }))
    .sort((a, b) => (a.next ?? Number.POSITIVE_INFINITY) - (b.next ?? Number.POSITIVE_INFINITY))
    .map(({ u, next, last }) => [
      next === undefined ? '-' : systemdTime(next),
      next === undefined ? '-' : ago(next - now).replace(/ ago$/, ''),
      last === undefined ? '-' : systemdTime(last),
      last === undefined ? '-' : ago(now - last),
      u.name,
      systemd.timers.target(u),
    ])
  const lines = table([['NEXT', 'LEFT', 'LAST', 'PASSED', 'UNIT', 'ACTIVATES'], ...rows])
  return `${lines.join('\n')}\n\n${rows.length} timers listed.\n${all ? '' : 'Pass --all to see loaded but inactive timers, too.\n'}`
}

/** `systemctl list-dependencies`. */
export function listDependencies(systemd: Systemd, name: string): string {
  const lines: string[] = [name]
  const walk = (unit: string, prefix: string, seen: readonly string[]): void => {
    const u = systemd.unit(unit)
    const deps = [...new Set([...u.config.requires, ...u.config.wants])].sort()
    deps.forEach((dep, i) => {
      const last = i === deps.length - 1
      lines.push(`${dot(systemd.unit(dep))} ${prefix}${last ? '└─' : '├─'}${dep}`)
      if (dep.endsWith('.target') && !seen.includes(dep)) walk(dep, `${prefix}${last ? '  ' : '│ '}`, [...seen, dep])
    })
  }
  walk(name, '', [name])
  return `${lines.join('\n')}\n`
}
