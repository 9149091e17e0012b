import { defineTool, flag } from '../command.ts'

/** M-x and ^x notation of cat -v. */
function visible(text: string): string {
  return text.replace(
    /[\x00-\x08\x0b-\x1f\x7f\udc80-\udcff]|[\u0080-\ud7ff\ue000-\uffff]|[\ud800-\udbff][\udc00-\udfff]/g,
    (c) => {
      const code = c.charCodeAt(0)
      if (code < 32) return `^${String.fromCharCode(code + 64)}`
      if (code === 127) return '^?'
      const bytes =
        code >= 0xdc80 && c.length === 1 && code <= 0xdcff ? [code - 0xdc00] : [...new TextEncoder().encode(c)]
      return bytes
        .map((b) => {
          const low = b - 128
          return `M-${low < 32 ? `^${String.fromCharCode(low + 64)}` : low === 127 ? '^?' : String.fromCharCode(low)}`
        })
        .join('')
    },
  )
}

export const cat = defineTool({
  name: 'cat',
  summary: 'Concatenate FILE(s) to standard output.\n\nWith no FILE, or when FILE is -, read standard input.',
  usage: '[OPTION]... [FILE]...',
  options: {
    all: flag('A', 'show-all', 'equivalent to -vET'),
    nonblank: flag('b', 'number-nonblank', 'number nonempty output lines, overrides -n'),
    e: flag('e', undefined, 'equivalent to -vE'),
    ends: flag('E', 'show-ends', 'display $ at end of each line'),
    number: flag('n', 'number', 'number all output lines'),
    squeeze: flag('s', 'squeeze-blank', 'suppress repeated empty output lines'),
    t: flag('t', undefined, 'equivalent to -vT'),
    tabs: flag('T', 'show-tabs', 'display TAB characters as ^I'),
    u: flag('u', undefined, '(ignored)'),
    v: flag('v', 'show-nonprinting', 'use ^ and M- notation, except for LFD and TAB'),
  },
  *run(t) {
    const o = t.opts
    const ends = o.all || o.e || o.ends
    const tabs = o.all || o.t || o.tabs
    const show = o.all || o.e || o.t || o.v
    const plain = !(ends || tabs || show || o.nonblank || o.number || o.squeeze)
    let n = 0
    let blanks = 0
    for (const name of t.args.length > 0 ? t.args : ['-']) {
      if (t.p.fs.find(name, t.p.cwd)?.kind === 'dir') {
        t.complain(`${name}: Is a directory`)
        continue
      }
      const source = t.open(name)
      if (!source) continue
      if (plain) {
        for (let text = yield* t.chunk(source); text !== null; text = yield* t.chunk(source)) {
          t.write(text)
          yield* t.flush()
        }
        continue
      }
      yield* t.lines(source, (line, ended) => {
        if (o.squeeze && line === '' && ended) {
          if (++blanks > 1) return
        } else blanks = 0
        let text = line
        if (show) text = visible(text)
        if (tabs) text = text.replaceAll('\t', '^I')
        if (o.nonblank ? line !== '' : o.number) text = `${String(++n).padStart(6)}\t${text}`
        t.write(ended ? `${text}${ends ? '$' : ''}\n` : text)
      })
    }
    return 0
  },
})
