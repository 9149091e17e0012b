import { overwrite, SysError } from '../../host/index.ts'
import { bytesToText, textToBytes } from '../../kernel/index.ts'
import { defineTool, type Tool } from '../command.ts'
import { openWrite } from '../io/files.ts'
import { size } from '../text/size.ts'

interface Operands {
  if?: string
  of?: string
  ibs: number
  obs: number
  count?: number
  skip: number
  seek: number
  conv: readonly string[]
  status: string
}

/** dd of coreutils: copies blocks, also into the middle of a file. Zeros and noise into a file take no memory. */
export const dd = defineTool({
  name: 'dd',
  summary: 'Copy a file, converting and formatting according to the operands.',
  usage: '[OPERAND]...\nOPTION',
  *run(t) {
    const o = operands(t)
    const p = t.p
    const endless = /^\/dev\/(zero|u?random)$/.test(o.if ?? '')
    const limit = o.count === undefined ? Number.POSITIVE_INFINITY : o.count * o.ibs
    if (endless && o.of !== undefined && !o.conv.includes('notrunc') && !o.of.startsWith('/dev/'))
      return opened(t, o.of, () => filler(t, o, limit))
    const source = o.if === undefined ? p.stdin : t.open(o.if)
    if (!source) return 1
    const want = limit + o.skip * o.ibs
    const parts: string[] = []
    let have = 0
    while (have < want) {
      const chunk = yield* t.chunk(source)
      if (chunk === null) break
      parts.push(chunk)
      have += chunk.length
      if (have > 256 << 20) t.fail('memory exhausted')
    }
    const text = parts.join('')
    if (o.of === undefined && endless) {
      // Every character of these devices is one byte.
      t.write(text.slice(0, limit))
      yield* t.flush()
      report(t, o, limit)
      return 0
    }
    const bytes = textToBytes(text)
    const data = bytes.subarray(o.skip * o.ibs, Math.min(bytes.length, want))
    if (o.of === undefined) {
      t.write(bytesToText(data))
      yield* t.flush()
    } else {
      const file = p.fs.find(o.of, p.cwd)
      if (file?.kind === 'file' && (o.conv.includes('notrunc') || o.seek > 0)) {
        overwrite(p.fs.file(o.of, p.cwd, p.creds), o.seek * o.obs, data, !o.conv.includes('notrunc'))
        file.mtime = p.now()
        file.notify({ type: 'modify', name: o.of.slice(o.of.lastIndexOf('/') + 1) })
      } else opened(t, o.of, () => openWrite(p, o.of!).write(bytesToText(data)))
    }
    report(t, o, data.length)
    return 0
  },
})

/** Does what begins with opening `of`. */
function opened<T>(t: Tool, of: string, write: () => T): T {
  try {
    return write()
  } catch (error) {
    if (!(error instanceof SysError)) throw error
    return t.fail(`failed to open '${of}': ${error.strerror}`)
  }
}

/** A file of zeros or noise: only its size is kept. */
function filler(t: Tool, o: Operands, limit: number): number {
  const { p } = t
  const of = o.of!
  const old = p.fs.find(of, p.cwd)
  const folder = p.fs.find(of.includes('/') ? of.slice(0, of.lastIndexOf('/')) || '/' : '.', p.cwd)
  const free = (folder?.fs.free ?? 0) + (old?.kind === 'file' ? old.size : 0)
  const length = Math.min(limit, Math.floor(free / o.obs) * o.obs)
  p.fs.writeFile(of, '', { cwd: p.cwd, creds: p.creds, size: length })
  if (length < limit) {
    p.stderr.write(`dd: error writing '${of}': No space left on device\n`)
    report(t, o, length, 1)
    return 1
  }
  report(t, o, length)
  return 0
}

function operands(t: Tool): Operands {
  const o: Operands = { ibs: 512, obs: 512, skip: 0, seek: 0, conv: [], status: '' }
  const number = (name: string, text: string): number => {
    const n = size(text)
    if (n === undefined) t.fail(`invalid number: ‘${text}’`)
    if (n === 0 && /bs$/.test(name)) t.fail(`invalid number: ‘${text}’`)
    return n!
  }
  for (const arg of t.args) {
    const at = arg.indexOf('=')
    const [name, text] = [arg.slice(0, at), arg.slice(at + 1)]
    if (name === 'if') o.if = text
    else if (name === 'of') o.of = text
    else if (name === 'bs') o.ibs = o.obs = number(name, text)
    else if (name === 'ibs' || name === 'obs' || name === 'count' || name === 'skip' || name === 'seek')
      o[name] = number(name, text)
    else if (name === 'conv') o.conv = text.split(',')
    else if (name === 'status') o.status = text
    else if (name !== 'iflag' && name !== 'oflag' && name !== 'cbs') {
      t.p.stderr.write(`dd: unrecognized operand ‘${arg}’\nTry 'dd --help' for more information.\n`)
      t.fail('')
    }
  }
  return o
}

/** Rounded as `copied` shows it: two digits below ten. */
function rounded(value: number, base: number, units: readonly string[]): string {
  let n = value
  let i = -1
  while (n >= base && i < units.length - 1) {
    n /= base
    i++
  }
  return i < 0 ? `${Math.round(n)} ` : `${n < 10 ? n.toFixed(1) : Math.round(n)} ${units[i]}`
}

function report(t: Tool, o: Operands, bytes: number, extra = 0): void {
  if (o.status === 'none') return
  const blocks = (bs: number): string => `${Math.floor(bytes / bs)}+${bytes % bs > 0 ? 1 : 0}`
  const [whole, part] = blocks(o.ibs).split('+')
  t.p.stderr.write(`${Number(whole) + extra}+${part} records in\n${blocks(o.obs)} records out\n`)
  if (o.status === 'noxfer') return
  const seconds = Math.max(bytes / 600e6, 0.00003 + t.p.host.rng.float() * 0.0002)
  const si = bytes >= 1000 ? ` (${rounded(bytes, 1000, ['kB', 'MB', 'GB', 'TB'])}` : ''
  const iec = bytes >= 1024 ? `, ${rounded(bytes, 1024, ['KiB', 'MiB', 'GiB', 'TiB'])}` : ''
  const speed = rounded(bytes / seconds, 1000, ['kB', 'MB', 'GB', 'TB'])
  t.p.stderr.write(
    `${bytes} bytes${si}${iec}${si ? ')' : ''} copied, ${Number(seconds.toPrecision(6))} s, ${speed}${/[a-z]/i.test(speed) ? '' : 'B'}/s\n`,
  )
}
