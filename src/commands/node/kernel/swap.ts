import { JOURNAL, MACHINE, type Program, swapArea, swapsFromFstab } from '../../../host/index.ts'
import { type Command, command, Fail } from '../lib/command.ts'

const size = (n: number): string => {
  for (const [unit, scale] of [
    ['G', 2 ** 30],
    ['M', 2 ** 20],
    ['K', 1024],
  ] as const) {
    if (n < scale) continue
    const v = n / scale
    return `${v % 1 === 0 || v >= 10 ? Math.round(v) : v.toFixed(1).replace(/\.0$/, '')}${unit}`
  }
  return `${n}B`
}

const needRoot = (c: Command, verb: string): void => {
  if (c.p.creds.uid !== 0) throw new Fail(`${verb}: cannot open: Permission denied`)
}

/** util-linux's swapon. */
export const swapon: Program = command('swapon', (c) => {
  const machine = c.host.service(MACHINE)
  const show = c.args.some((a) => /^(--show|-s|--summary)/.test(a)) || c.args.length === 0
  if (show) {
    if (machine.swaps.length === 0) return 0
    if (!c.args.includes('--noheadings')) c.out('NAME      TYPE SIZE USED PRIO\n')
    for (const s of machine.swaps)
      c.out(
        `${s.path.padEnd(9)} ${s.type.padEnd(4)} ${size(s.size + 4096).padStart(4)} ${size(s.used).padStart(4)} ${String(s.priority).padStart(4)}\n`,
      )
    return 0
  }
  needRoot(c, 'swapon')
  if (c.args.includes('-a') || c.args.includes('--all')) {
    for (const s of swapsFromFstab(c.host)) if (!machine.swaps.some((x) => x.path === s.path)) machine.swaps.push(s)
    return 0
  }
  const path = c.args.find((a) => a.startsWith('/'))
  if (path === undefined) throw new Fail(`swapon: cannot open ${c.args.at(-1)}: No such file or directory`, 255)
  if (machine.swaps.some((s) => s.path === path))
    throw new Fail(`swapon: ${path}: swapon failed: Device or resource busy`, 255)
  if (!c.host.fs.exists(path)) throw new Fail(`swapon: cannot open ${path}: No such file or directory`, 255)
  const area = swapArea(c.host, path, -2 - machine.swaps.length)
  if (!area) throw new Fail(`swapon: ${path}: read swap header failed`, 255)
  machine.swaps.push(area)
  c.host
    .service(JOURNAL)
    .kernel(
      `Adding ${area.size >> 10}k swap on ${path}.  Priority:${area.priority} extents:1 across:${area.size >> 10}k`,
    )
  return 0
})

/** util-linux swapoff. */
export const swapoff: Program = command('swapoff', (c) => {
  const machine = c.host.service(MACHINE)
  needRoot(c, 'swapoff')
  if (c.args.includes('-a') || c.args.includes('--all')) {
    machine.swaps = []
    return 0
  }
  const path = c.args.find((a) => !a.startsWith('-'))
  if (path === undefined) throw new Fail("swapoff: bad usage\nTry 'swapoff --help' for more information.", 16)
  if (!machine.swaps.some((s) => s.path === path))
    throw new Fail(
      `swapoff: ${path}: swapoff failed: ${c.host.fs.exists(path) ? 'Invalid argument' : 'No such file or directory'}`,
      4,
    )
  machine.swaps = machine.swaps.filter((s) => s.path !== path)
  return 0
})

/** util-linux mkswap. */
export const mkswap: Program = command('mkswap', (c) => {
  const path = c.args.find((a) => !a.startsWith('-'))
  const node = path === undefined ? undefined : c.host.fs.find(path, c.p.cwd)
  if (!node) throw new Fail(`mkswap: cannot open ${path}: No such file or directory`)
  const bytes = node.kind === 'file' ? node.size : 2 * 2 ** 30
  if (node.kind === 'file' && (node.mode & 0o077) !== 0)
    c.err(
      `mkswap: ${path}: insecure permissions ${(node.mode & 0o777).toString(8).padStart(4, '0')}, fix with: chmod 0600 ${path}\n`,
    )
  c.out(
    `Setting up swapspace version 1, size = ${bytes / 2 ** 30 >= 1 ? `${(bytes / 2 ** 30).toFixed(0)} GiB` : `${Math.round(bytes / 2 ** 20)} MiB`} (${bytes - 4096} bytes)\nno label, UUID=${c.host.rng.uuid()}\n`,
  )
  return 0
})
