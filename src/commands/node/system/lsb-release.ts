import type { Program } from '../../../host/index.ts'
import { type Command, command, Fail } from '../lib/command.ts'
import { getopt, OptionError, type Options } from '../lib/getopt.ts'

/** Option, label and field of /etc/os-release, in the order in which they are printed. */
const ROWS = [
  ['i', 'Distributor ID', 'NAME'],
  ['d', 'Description', 'PRETTY_NAME'],
  ['r', 'Release', 'VERSION_ID'],
  ['c', 'Codename', 'VERSION_CODENAME'],
] as const

function options(c: Command): Options {
  try {
    return getopt(c.args, {
      short: 'hvidrcas',
      long: { help: 'h', version: 'v', id: 'i', description: 'd', release: 'r', codename: 'c', all: 'a', short: 's' },
    })
  } catch (error) {
    if (error instanceof OptionError) throw new Fail(`lsb_release: ${error.message}`, 2)
    throw error
  }
}

/** lsb_release, as lsb-release-minimal has it: what /etc/os-release says. */
export const lsbRelease: Program = command('lsb_release', (c) => {
  const o = options(c)
  const file = c.p.fs.find('/etc/os-release')
  const text = file?.kind === 'file' ? file.read() : ''
  const field = (name: string): string => new RegExp(`^${name}="?([^"\n]*)"?$`, 'm').exec(text)?.[1] ?? 'n/a'
  const chosen = ROWS.filter(([flag]) => o.has(flag) || o.has('a'))
  if (chosen.length === 0 || o.has('v') || o.has('a')) c.err('No LSB modules are available.\n')
  for (const [, label, name] of chosen) c.out(o.has('s') ? `${field(name)}\n` : `${label}:\t${field(name)}\n`)
  return 0
})
