import { type Inode, SysError, TextSource } from '../../../host/index.ts'
import type { Coro } from '../../../kernel/index.ts'
import { defineTool, type Tool } from '../../command.ts'
import { runProgram } from '../../run-program.ts'
import { Parser } from './parser.ts'
import type { Plan, Test, Visit } from './plan.ts'

export const find = defineTool({
  name: 'find',
  summary: 'Search for files in a directory hierarchy.',
  usage: '[-H] [-L] [-P] [-Olevel] [-D debugopts] [path...] [expression]',
  version: 'find (GNU findutils) 4.9.0',
  ordered: true,
  // The expression is no list of options.
  legacy: (argv) => (argv[0] === '--help' || argv[0] === '--version' ? argv : ['--', ...argv]),
  *run(t) {
    const args = [...t.args]
    const plan: Plan = {
      min: 0,
      max: Number.POSITIVE_INFINITY,
      depthFirst: false,
      follow: false,
      regexType: 'emacs',
      acts: false,
      quit: false,
      pending: [],
    }
    while (/^-[HLP]$|^-O\d?$/.test(args[0] ?? '')) if (args.shift() === '-L') plan.follow = true
    const paths: string[] = []
    while (args.length > 0 && !/^[-(!]/.test(args[0]) && args[0] !== ')') paths.push(args.shift()!)
    const test = new Parser(t, args, plan).parse()
    for (const path of paths.length > 0 ? paths : ['.']) {
      let node: Inode
      try {
        node = plan.follow ? t.p.fs.resolve(path, t.p.cwd, t.p.creds) : t.p.fs.lresolve(path, t.p.cwd, t.p.creds)
      } catch (error) {
        if (!(error instanceof SysError)) throw error
        t.complain(`‘${path}’: ${error.strerror}`)
        continue
      }
      yield* walk(t, plan, test, {
        path,
        name: path.replace(/\/+$/, '').split('/').at(-1) || path,
        node,
        depth: 0,
        prune: false,
      })
      if (plan.quit) break
    }
    yield* t.flush()
    for (const { argv, paths: found } of plan.pending) {
      if (found.length === 0) continue
      const status = yield* runProgram(t.p, [...argv, ...found], { name: 'find', stdin: new TextSource('') })
      if (status !== 0) t.status = 1
    }
    return 0
  },
})

function* walk(t: Tool, plan: Plan, test: Test, v: Visit): Coro {
  if (plan.quit) return
  if (!plan.depthFirst && v.depth >= plan.min) yield* test(v)
  if (v.node.kind === 'dir' && v.depth < plan.max && !v.prune && !plan.quit) {
    let children: [string, Inode][] = []
    try {
      children = t.p.fs.readdir(v.path, t.p.cwd, t.p.creds)
    } catch (error) {
      if (!(error instanceof SysError)) throw error
      t.complain(`‘${v.path}’: ${error.strerror}`)
    }
    for (const [name, child] of children) {
      const path = v.path.endsWith('/') ? v.path + name : `${v.path}/${name}`
      const node = plan.follow && child.kind === 'symlink' ? (t.p.fs.find(path, t.p.cwd) ?? child) : child
      yield* walk(t, plan, test, { path, name, node, depth: v.depth + 1, prune: false })
    }
    yield* t.flushSome()
  }
  if (plan.depthFirst && v.depth >= plan.min) yield* test(v)
}
