import type { Inode } from '../../host/index.ts'

/** File type letter of ls -l. */
export const typeLetter = (node: Inode): string =>
  node.kind === 'dir'
    ? 'd'
    : node.kind === 'symlink'
      ? 'l'
      : node.kind === 'file'
        ? '-'
        : { char: 'c', block: 'b', socket: 's', fifo: 'p' }[node.type]

/** `drwxr-xr-x` */
export function modeText(node: Inode): string {
  const m = node.mode
  const triple = (shift: number, special: number, letter: string): string => {
    const x = (m >> shift) & 1
    const s = (m & special) !== 0
    return `${(m >> shift) & 4 ? 'r' : '-'}${(m >> shift) & 2 ? 'w' : '-'}${s ? (x ? letter : letter.toUpperCase()) : x ? 'x' : '-'}`
  }
  return typeLetter(node) + triple(6, 0o4000, 's') + triple(3, 0o2000, 's') + triple(0, 0o1000, 't')
}

/** Applies `u+x,go-w`, `755` … to a mode. Returns undefined when it is no mode. */
export function changeMode(old: number, spec: string, directory: boolean, umask: number): number | undefined {
  if (/^[0-7]{1,5}$/.test(spec)) return Number.parseInt(spec, 8) & 0o7777
  let mode = old & 0o7777
  for (const clause of spec.split(',')) {
    const m = /^([ugoa]*)((?:[-+=][rwxXstugo]*)+)$/.exec(clause)
    if (!m) return undefined
    const everyone = m[1] === ''
    const who = everyone || m[1].includes('a') ? 'ugo' : m[1]
    for (const [, op, perms] of m[2].matchAll(/([-+=])([rwxXstugo]*)/g)) {
      for (const w of who) {
        const shift = w === 'u' ? 6 : w === 'g' ? 3 : 0
        let bits = 0
        for (const c of perms) {
          if (c === 'r') bits |= 4
          else if (c === 'w') bits |= 2
          else if (c === 'x') bits |= 1
          else if (c === 'X') bits |= directory || (mode & 0o111) !== 0 ? 1 : 0
          else if (c === 'u') bits |= (mode >> 6) & 7
          else if (c === 'g') bits |= (mode >> 3) & 7
          else if (c === 'o') bits |= mode & 7
        }
        let value = bits << shift
        if (everyone) value &= ~umask
        if (perms.includes('s') && w !== 'o') value |= w === 'u' ? 0o4000 : 0o2000
        if (perms.includes('t')) value |= 0o1000
        if (op === '+') mode |= value
        else if (op === '-') mode &= ~value
        else mode = (mode & ~((7 << shift) | (w === 'u' ? 0o4000 : w === 'g' ? 0o2000 : 0))) | value
      }
    }
  }
  return mode
}
