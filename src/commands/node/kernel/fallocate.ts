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

/** util-linux's fallocate: a file whose size counts although it holds nothing. */
export const fallocate: Program = command('fallocate', (c) => {
  let o: Options
  try {
    o = getopt(c.args, { short: 'l:nvxo:cdr:', long: { 'length=': 'l' } })
  } catch (error) {
    if (error instanceof OptionError)
      throw new Fail(`fallocate: ${error.message}\nTry 'fallocate --help' for more information.`)
    throw error
  }
  const given = o.get('l')
  if (given === undefined)
    throw new Fail("fallocate: required argument --length\nTry 'fallocate --help' for more information.")
  const size = bytesOf(given)
  if (size === undefined) throw new Fail('fallocate: failed to parse length')
  if (o.args.length === 0) throw new Fail('fallocate: no filename specified')
  for (const path of o.args)
    try {
      const node = c.p.fs.find(path, c.p.cwd)
      const old = node?.kind === 'file' ? node : undefined
      c.p.fs.writeFile(path, old?.read() ?? '', {
        cwd: c.p.cwd,
        creds: c.p.creds,
        size: Math.max(size, old?.size ?? 0),
      })
    } catch (error) {
      if (!(error instanceof SysError)) throw error
      throw new Fail(
        error.code === 'ENOSPC'
          ? `fallocate: fallocate failed: ${error.strerror}`
          : `fallocate: cannot open ${path}: ${error.strerror}`,
      )
    }
  return 0
})
