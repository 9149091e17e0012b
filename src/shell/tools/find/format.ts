import type { Tool } from '../../command.ts'
import { formatDate } from '../../text/date.ts'
import { decodeEcho } from '../../text/escape.ts'
import { modeText, typeLetter } from '../../text/mode.ts'
import { groupName, userName } from '../../text/users.ts'
import { zoneOf } from '../../text/zone.ts'
import { blocksOf, linkCount, sizeOf } from '../ls.ts'
import type { Visit } from './plan.ts'

/** A line of -ls. */
export function lsLine(t: Tool, v: Visit): string {
  const n = v.node
  const at = zoneOf(t.p).at(n.mtime)
  const when = formatDate('%b %e %H:%M', n.mtime, at.offset)
  return `${String(n.ino).padStart(9)} ${String(blocksOf(n)).padStart(6)} ${modeText(n)} ${String(linkCount(n)).padStart(3)} ${(userName(t.p.fs, n.uid) ?? String(n.uid)).padEnd(8)} ${(groupName(t.p.fs, n.gid) ?? String(n.gid)).padEnd(8)} ${String(sizeOf(n)).padStart(8)} ${when} ${v.path}${n.kind === 'symlink' ? ` -> ${n.target}` : ''}`
}

/** What -printf writes. */
export function printf(t: Tool, format: string, v: Visit): string {
  const n = v.node
  const at = zoneOf(t.p).at(n.mtime)
  const dir = v.path.includes('/') ? v.path.slice(0, v.path.lastIndexOf('/')) || '/' : '.'
  return decodeEcho(format, false).text.replace(
    /%([-0]?)(\d*)([TAC])?([a-zA-Z%@+])/g,
    (whole, flag: string, width: string, time: string | undefined, c: string) => {
      let text: string | undefined
      if (time)
        text =
          c === '@'
            ? `${Math.floor(n.mtime / 1000)}.${String(n.mtime % 1000).padStart(3, '0')}0000000`
            : c === '+'
              ? formatDate('%Y-%m-%d+%H:%M:%S.%N', n.mtime, at.offset)
              : formatDate(`%${c}`, n.mtime, at.offset)
      else
        text = {
          '%': '%',
          p: v.path,
          f: v.name,
          h: dir,
          P: v.path
            .split('/')
            .slice(v.path.split('/').length - v.depth)
            .join('/'),
          d: String(v.depth),
          s: String(sizeOf(n)),
          k: String(blocksOf(n)),
          b: String(blocksOf(n) * 2),
          m: (n.mode & 0o7777).toString(8),
          M: modeText(n),
          u: userName(t.p.fs, n.uid) ?? String(n.uid),
          U: String(n.uid),
          g: groupName(t.p.fs, n.gid) ?? String(n.gid),
          G: String(n.gid),
          i: String(n.ino),
          n: String(linkCount(n)),
          y: typeLetter(n).replace('-', 'f'),
          l: n.kind === 'symlink' ? n.target : '',
          t: formatDate('%a %b %e %H:%M:%S.%N %Y', n.mtime, at.offset),
        }[c]
      if (text === undefined) return whole
      return flag === '-' ? text.padEnd(Number(width)) : text.padStart(Number(width))
    },
  )
}
