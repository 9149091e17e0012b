import { SysError } from '../../../host/index.ts'
import type { Coro } from '../../../kernel/index.ts'
import { defineTool, flag, list, optional, type Tool, value } from '../../command.ts'
import { Machine } from './machine.ts'
import { parseScript } from './parser.ts'
import { type Command, SedError } from './script.ts'
import { USAGE } from './usage.ts'

const OPTIONS = {
  quiet: { ...flag('n', 'quiet', 'suppress automatic printing of pattern space'), alias: 'silent' },
  expressions: list('e', 'expression', 'script', 'add the script to the commands to be executed'),
  files: list('f', 'file', 'script-file', 'add the contents of script-file to the commands to be executed'),
  extended: flag(
    'Er',
    'regexp-extended',
    'use extended regular expressions in the script (for portability use POSIX -E).',
  ),
  inPlace: optional('i', 'in-place', 'SUFFIX', 'edit files in place (makes backup if SUFFIX supplied)'),
  length: value('l', 'line-length', 'N', "specify the desired line-wrap length for the `l' command"),
  posix: flag('', 'posix', 'disable all GNU extensions.'),
  separate: flag('s', 'separate', 'consider files as separate rather than as a single continuous long stream.'),
  sandbox: flag('', 'sandbox', 'operate in sandbox mode (disable e/r/w commands).'),
  unbuffered: flag(
    'u',
    'unbuffered',
    'load minimal amounts of data from the input files and flush the output buffers more often',
  ),
  zero: flag('z', 'null-data', 'separate lines by NUL characters'),
  follow: flag('', 'follow-symlinks', 'follow symlinks when processing in place'),
  debug: flag('', 'debug', 'annotate program execution'),
}

/** sed with its options, as it runs. */
export type Sed = Tool<typeof OPTIONS>

/** GNU sed 4.9 */
export const sed = defineTool({
  name: 'sed',
  summary: '',
  usage: '[OPTION]... {script-only-if-no-other-script} [input-file]...',
  version: 'sed (GNU sed) 4.9',
  usageStatus: 1,
  onWrongOption: USAGE,
  noHint: true,
  options: OPTIONS,
  *run(t) {
    const args = [...t.args]
    const o = t.opts
    const parts: string[] = []
    for (const [key, text] of t.parsed.order) {
      if (key === 'expressions') parts.push(text)
      else if (key === 'files') {
        const source = t.open(text)
        if (!source) return t.fail(`couldn't open file ${text}: No such file or directory`)
        parts.push((yield* t.all(source)).replace(/\n$/, ''))
      }
    }
    if (parts.length === 0) {
      const first = args.shift()
      if (first === undefined) {
        t.p.stderr.write(USAGE)
        return 1
      }
      parts.push(first)
    }
    let program: Command[]
    let quiet = o.quiet > 0
    try {
      const parsed = parseScript(parts, o.extended > 0)
      program = parsed.commands
      quiet ||= parsed.quiet
    } catch (error) {
      if (!(error instanceof SedError)) throw error
      return t.fail(error.message, error.status)
    }
    if (o.inPlace !== undefined) {
      if (args.length === 0) return t.fail('no input files', 4)
      for (const file of args) {
        const status = yield* editInPlace(t, program, quiet, file)
        if (status !== undefined) return status
      }
      return t.status
    }
    const files = args.length > 0 ? args : ['-']
    let status = 0
    // With -s each file has a script run of its own, whose lines are counted from 1.
    for (const part of o.separate ? files.map((file) => [file]) : [files]) {
      const machine = new Machine(t, program, quiet, part)
      status = yield* machine.run((text) => t.write(text))
      if (machine.quit) break
    }
    return status
  },
})

function* editInPlace(t: Sed, program: Command[], quiet: boolean, file: string): Coro<number | undefined> {
  const node = t.p.fs.find(file, t.p.cwd)
  if (!node) {
    t.complain(`can't read ${file}: No such file or directory`, 2)
    return undefined
  }
  if (node.kind === 'dir') {
    t.complain(`couldn't edit ${file}: not a regular file`, 4)
    return undefined
  }
  let out = ''
  const machine = new Machine(t, program, quiet, [file])
  const status = yield* machine.run((text) => {
    out += text
  })
  const suffix = t.opts.inPlace ?? ''
  const how = { cwd: t.p.cwd, creds: t.p.creds }
  const folder = file.includes('/') ? file.slice(0, file.lastIndexOf('/') + 1) : './'
  const temporary = `${folder}sed${t.p.host.rng.suffix(6)}`
  try {
    if (suffix !== '' && node.kind === 'file')
      t.p.fs.writeFile(suffix.includes('*') ? suffix.replaceAll('*', file) : file + suffix, node.read(), {
        ...how,
        mode: node.mode,
      })
    // Like the real one, the result replaces the file by a rename: watchers see a new file.
    const target = t.p.fs.realpath(file, t.p.cwd)
    t.p.fs.writeFile(temporary, '', { ...how, mode: 0o600 })
    t.p.fs.chown(temporary, node.uid, node.gid, t.p.cwd)
    t.p.fs.chmod(temporary, node.mode, t.p.cwd)
    if (out !== '') t.p.fs.writeFile(temporary, out, how)
    t.p.fs.rename(temporary, t.opts.follow ? target : file, t.p.cwd, t.p.creds)
  } catch (error) {
    if (!(error instanceof SysError)) throw error
    t.complain(`couldn't open temporary file ${temporary}: ${error.strerror}`, 4)
    return 4
  }
  return status !== 0 || machine.quit ? status : undefined
}
