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

/** Bits of a user class: where its rwx stand, and the special bit that `s` means for it. */
const CLASSES: Readonly<Record<string, readonly [shift: number, special: number]>> = {
  u: [6, 0o4000],
  g: [3, 0o2000],
  o: [0, 0],
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
    for (const [, op, perms] of m[2].matchAll(/([-+=])([rwxXstugo]*)/g))
      for (const w of who) {
        const [shift, special] = CLASSES[w]
        let value = permissions(perms, mode, directory) << shift
        if (everyone) value &= ~umask
        if (perms.includes('s')) value |= special
        if (perms.includes('t')) value |= 0o1000
        if (op === '+') mode |= value
        else if (op === '-') mode &= ~value
        else mode = (mode & ~((7 << shift) | special)) | value
      }
  }
  return mode
}

/** The rwx bits that letters ask for; `u`, `g` and `o` copy those of a class. */
function permissions(letters: string, mode: number, directory: boolean): number {
  const bits: Readonly<Record<string, number>> = {
    r: 4,
    w: 2,
    x: 1,
    X: directory || (mode & 0o111) !== 0 ? 1 : 0,
    u: (mode >> 6) & 7,
    g: (mode >> 3) & 7,
    o: mode & 7,
  }
  return [...letters].reduce((sum, letter) => sum | (bits[letter] ?? 0), 0)
}
