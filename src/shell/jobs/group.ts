import type { Host, Process } from '../../host/index.ts'

/** Process groups and sessions: attributes that the shell gives and children inherit, as setpgid(2) and setsid(2). */
const groups = new WeakMap<Process, number>()
const terminals = new WeakMap<Process, object | null>()

/** setpgid. */
export const setGroup = (p: Process, pgid: number): void => void groups.set(p, pgid)

/** The process group: the nearest ancestor's that was given one. */
export function groupOf(p: Process): number {
  let q = p
  for (;;) {
    const group = groups.get(q)
    if (group !== undefined) return group
    if (!q.parent) return q.pid
    q = q.parent
  }
}

/** Makes `terminal` the controlling terminal of `p` and its descendants; null detaches (daemons, setsid). */
export const setTerminal = (p: Process, terminal: object | null): void => void terminals.set(p, terminal)

/** Terminal that controls a process, its own or its nearest ancestor's. */
export function terminalOf(p: Process): object | undefined {
  for (let q: Process | undefined = p; q; q = q.parent) {
    const terminal = terminals.get(q)
    if (terminal !== undefined) return terminal ?? undefined
  }
  return undefined
}

/** Live members of a process group. */
const groupMembers = (host: Host, pgid: number): Process[] =>
  [...host.processes.values()].filter((p) => groupOf(p) === pgid)

/** kill(-pgid, signal). Returns how many processes got it. */
export function killGroup(host: Host, pgid: number, signal: string): number {
  const members = groupMembers(host, pgid)
  for (const p of members) p.kill(signal)
  return members.length
}

/** PID as the process itself sees it: in a container's PID namespace, or the host's. */
export const ownPid = (p: Process): number => p.containerPid ?? p.pid

/** Number of `q` as `viewer` sees it: outside its container a process has the machine's number. */
export const pidSeen = (viewer: Process, q: Process): number =>
  viewer.containerPid === undefined ? q.pid : (q.containerPid ?? q.pid)
