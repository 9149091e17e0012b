import { type Program, SysError } from '../../../host/index.ts'
import { command, Fail } from '../lib/command.ts'
import { getopt, OptionError, type Options } from '../lib/getopt.ts'

const UNITS: Record<string, number> = {
  '': 1,
  K: 1024,
  M: 1024 ** 2,
  G: 1024 ** 3,
  T: 1024 ** 4,
  KIB: 1024,
  MIB: 1024 ** 2,
  GIB: 1024 ** 3,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
}

const bytesOf = (text: string): number | undefined => {
  const m = /^(\d+)([A-Za-z]*)$/.exec(text)
  const unit = m && UNITS[m[2].toUpperCase()]
  return m && unit !== undefined && unit !== null ? Number(m[1]) * unit : undefined
}

/** util-linux's fallocate and coreutils' truncate: files whose size counts although they hold nothing. */
const sizer = (name: 'fallocate' | 'truncate', letter: 'l' | 's'): Program =>
  command(name, (c) => {
    let o: Options
    try {
      o = getopt(c.args, { short: `${letter}:nvxo:cdr:`, long: { 'length=': 'l', 'size=': 's' } })
    } catch (error) {
      if (error instanceof OptionError)
        throw new Fail(`${name}: ${error.message}\nTry '${name} --help' for more information.`)
      throw error
    }
    const given = o.get(letter)
    if (given === undefined)
      throw new Fail(
        name === 'fallocate'
          ? "fallocate: required argument --length\nTry 'fallocate --help' for more information."
          : "truncate: you must specify either ‘--size’ or ‘--reference’\nTry 'truncate --help' for more information.",
      )
    const size = bytesOf(given.replace(/^\+/, ''))
    if (size === undefined)
      throw new Fail(`${name}: ${name === 'fallocate' ? 'failed to parse length' : `Invalid number: ‘${given}’`}`)
    if (o.args.length === 0)
      throw new Fail(`${name}: ${name === 'fallocate' ? 'no filename specified' : 'missing file operand'}`)
    for (const path of o.args)
      try {
        const node = c.p.fs.find(path, c.p.cwd)
        const old = node?.kind === 'file' ? node.read() : ''
        const text = size < old.length ? old.slice(0, size) : old
        c.p.fs.writeFile(path, text, {
          cwd: c.p.cwd,
          creds: c.p.creds,
          size: name === 'fallocate' ? Math.max(size, node?.kind === 'file' ? node.size : 0) : size,
        })
      } catch (error) {
        if (!(error instanceof SysError)) throw error
        throw new Fail(
          name === 'fallocate' && error.code === 'ENOSPC'
            ? `fallocate: fallocate failed: ${error.strerror}`
            : `${name}: cannot open ${path}: ${error.strerror}`,
        )
      }
    return 0
  })

export const fallocate = sizer('fallocate', 'l')
export const truncate = sizer('truncate', 's')
