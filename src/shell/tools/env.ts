import type { Program } from '../../host/index.ts'
import { defineTool, flag, list, value } from '../command.ts'
import { lookup } from '../run-program.ts'

export const env = defineTool({
  name: 'env',
  summary: 'Set each NAME to VALUE in the environment and run COMMAND.',
  usage: '[OPTION]... [-] [NAME=VALUE]... [COMMAND [ARG]...]',
  ordered: true,
  usageStatus: 125,
  options: {
    ignore: flag('i', 'ignore-environment', 'start with an empty environment'),
    null: flag('0', 'null', 'end each output line with NUL, not newline'),
    unset: list('u', 'unset', 'NAME', 'remove variable from the environment'),
    chdir: value('C', 'chdir', 'DIR', 'change working directory to DIR'),
    split: value(
      'S',
      'split-string',
      'S',
      'process and split S into separate arguments; used to pass multiple arguments on shebang lines',
    ),
  },
  *run(t) {
    const o = t.opts
    const args = o.split === undefined ? [...t.args] : [...o.split.split(/\s+/).filter(Boolean), ...t.args]
    const next: Record<string, string> = o.ignore || args[0] === '-' ? {} : { ...t.p.env }
    if (args[0] === '-') args.shift()
    for (const name of o.unset) delete next[name]
    while (/^[^=]+=/.test(args[0] ?? '')) {
      const arg = args.shift()!
      const at = arg.indexOf('=')
      next[arg.slice(0, at)] = arg.slice(at + 1)
    }
    if (args.length === 0) {
      for (const [k, v] of Object.entries(next)) t.write(`${k}=${v}${o.null ? '\0' : '\n'}`)
      return 0
    }
    const exe = lookup(t.p, args, next)
    if (!('program' in exe)) {
      t.p.stderr.write(exe.bare ? `${exe.message}\n` : `env: ${exe.message.replace(/^(.*): ([^:]*)$/s, '‘$1’: $2')}\n`)
      return exe.status
    }
    t.p.env = next
    if (o.chdir !== undefined) {
      if (t.p.fs.find(o.chdir, t.p.cwd)?.kind !== 'dir')
        return t.fail(`cannot change directory to '${o.chdir}': No such file or directory`, 125)
      t.p.cwd = t.p.fs.realpath(o.chdir, t.p.cwd)
    }
    return yield* t.p.exec(exe.program, exe.argv, exe.path)
  },
})

export const printenv: Program = defineTool({
  name: 'printenv',
  summary:
    'Print the values of the specified environment VARIABLE(s).\nIf no VARIABLE is specified, print name and value pairs for them all.',
  usage: '[OPTION]... [VARIABLE]...',
  usageStatus: 2,
  options: { null: flag('0', 'null', 'end each output line with NUL, not newline') },
  *run(t) {
    const end = t.opts.null ? '\0' : '\n'
    if (t.args.length === 0) for (const [k, v] of Object.entries(t.p.env)) t.write(`${k}=${v}${end}`)
    let status = 0
    for (const name of t.args) {
      if (t.p.env[name] === undefined) status = 1
      else t.write(t.p.env[name] + end)
    }
    return status
  },
})

export const which: Program = {
  name: 'which',
  *main(p) {
    let all = false
    let status = 0
    const names: string[] = []
    for (const a of p.argv.slice(1)) {
      if (a === '-a') all = true
      else if (a.startsWith('-')) {
        p.stderr.write(`Illegal option ${a}\nUsage: /usr/bin/which [-as] args\n`)
        return 2
      } else names.push(a)
    }
    for (const name of names) {
      const dirs = name.includes('/') ? [''] : (p.env.PATH ?? '').split(':')
      let found = false
      for (const dir of dirs) {
        const path = dir === '' ? name : `${dir}/${name}`
        const node = p.fs.find(path, p.cwd)
        if (node?.kind !== 'file' || (node.mode & 0o111) === 0) continue
        p.stdout.write(`${path}\n`)
        found = true
        if (!all) break
      }
      if (!found) status = 1
    }
    return status
  },
}
