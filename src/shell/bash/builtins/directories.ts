import { normalize, SysError } from '../../../host/index.ts'
import { ShellError } from '../control.ts'
import type { Shell } from '../shell.ts'
import type { Builtin } from './index.ts'

/** Changes the working directory; `shown` is how messages name it. */
function change(sh: Shell, target: string, shown: string, physical: boolean): void {
  try {
    const logical = normalize(target, sh.cwd)
    const node = sh.p.fs.resolve(physical ? target : logical, sh.cwd, sh.p.creds)
    if (node.kind !== 'dir') throw new SysError('ENOTDIR', target, 'chdir')
    if (sh.p.creds.uid !== 0) sh.p.fs.lresolve(`${logical}/.`, '/', sh.p.creds)
    const next = physical ? sh.p.fs.realpath(target, sh.cwd, sh.p.creds) : logical
    sh.vars.set('OLDPWD', sh.vars.get('PWD') ?? sh.cwd)
    sh.cwd = next
    sh.p.cwd = next
    sh.vars.set('PWD', next)
  } catch (error) {
    if (!(error instanceof SysError)) throw error
    if (sh.dialect === 'dash') throw new ShellError(`can't cd to ${shown}`, 2)
    if (sh.dialect === 'ash') throw new ShellError(`can't cd to ${shown}: ${error.strerror}`, 2)
    throw new ShellError(`${shown}: ${error.strerror}`)
  }
}

const cd: Builtin = (sh, argv) => {
  let physical = sh.option('physical')
  const args = argv.slice(1)
  while (/^-[LPe@]+$/.test(args[0] ?? '')) physical = args.shift()!.includes('P')
  if (args[0] === '--') args.shift()
  else if (/^-./.test(args[0] ?? '')) {
    sh.complain(`cd: ${args[0].slice(0, 2)}: invalid option`)
    sh.errorText('cd: usage: cd [-L|[-P [-e]] [-@]] [dir]\n')
    return 2
  }
  if (args.length > 1 && sh.dialect === 'bash') throw new ShellError('too many arguments')
  let target = args[0]
  if (target === undefined) {
    target = sh.vars.get('HOME') ?? ''
    if (target === '') throw new ShellError('HOME not set')
  } else if (target === '-') {
    target = sh.vars.get('OLDPWD') ?? ''
    if (target === '') throw new ShellError('OLDPWD not set')
    change(sh, target, target, physical)
    sh.out(`${sh.cwd}\n`)
    return 0
  }
  if (target === '') return 0
  const cdpath = sh.vars.get('CDPATH')
  if (cdpath && !/^(\.{0,2}\/|\.\.?$)/.test(target)) {
    for (const dir of cdpath.split(':')) {
      const candidate = dir === '' ? target : `${dir}/${target}`
      if (sh.p.fs.find(candidate, sh.cwd)?.kind !== 'dir') continue
      change(sh, candidate, target, physical)
      if (dir !== '' && dir !== '.') sh.out(`${sh.cwd}\n`)
      return 0
    }
  }
  change(sh, target, target, physical)
  return 0
}

const short = (sh: Shell, path: string): string => {
  const home = sh.vars.get('HOME')
  return home && home !== '/' && (path === home || path.startsWith(`${home}/`)) ? `~${path.slice(home.length)}` : path
}

const listing = (sh: Shell): string => `${[sh.cwd, ...sh.dirStack].map((d) => short(sh, d)).join(' ')}\n`

function rotation(sh: Shell, spec: string, name: string): number {
  const stack = [sh.cwd, ...sh.dirStack]
  const n = Number(spec.slice(1))
  const i = spec[0] === '+' ? n : stack.length - 1 - n
  if (i < 0 || i >= stack.length) {
    if (stack.length === 1) throw new ShellError('directory stack empty')
    throw new ShellError(`${name === 'pushd' ? '' : ''}${spec}: directory stack index out of range`)
  }
  return i
}

export const directoryBuiltins: Record<string, Builtin> = {
  cd,
  pwd: (sh, argv) => {
    const bad = argv.slice(1).find((a) => /^-[^LP-]/.test(a))
    if (bad) {
      sh.complain(`pwd: ${bad.slice(0, 2)}: invalid option`)
      sh.errorText('pwd: usage: pwd [-LP]\n')
      return 2
    }
    sh.out(`${argv.includes('-P') ? sh.p.fs.realpath(sh.cwd) : sh.cwd}\n`)
    return 0
  },
  pushd: (sh, argv) => {
    const arg = argv[1]
    if (arg === undefined) {
      if (sh.dirStack.length === 0) throw new ShellError('no other directory')
      const [top, ...rest] = sh.dirStack
      const old = sh.cwd
      change(sh, top, top, false)
      sh.dirStack = [old, ...rest]
    } else if (/^[-+]\d+$/.test(arg)) {
      const i = rotation(sh, arg, 'pushd')
      const stack = [sh.cwd, ...sh.dirStack]
      const turned = [...stack.slice(i), ...stack.slice(0, i)]
      change(sh, turned[0], turned[0], false)
      sh.dirStack = turned.slice(1)
    } else {
      const old = sh.cwd
      change(sh, arg, arg, false)
      sh.dirStack = [old, ...sh.dirStack]
    }
    sh.out(listing(sh))
    return 0
  },
  popd: (sh, argv) => {
    if (sh.dirStack.length === 0) throw new ShellError('directory stack empty')
    const i = argv[1] ? rotation(sh, argv[1], 'popd') : 0
    if (i === 0) {
      const [top, ...rest] = sh.dirStack
      change(sh, top, top, false)
      sh.dirStack = rest
    } else sh.dirStack = sh.dirStack.filter((_, j) => j !== i - 1)
    sh.out(listing(sh))
    return 0
  },
  dirs: (sh, argv) => {
    const stack = [sh.cwd, ...sh.dirStack]
    if (argv[1] === '-c') sh.dirStack = []
    else if (argv[1] === '-v') sh.out(stack.map((d, i) => `${String(i).padStart(2)}  ${short(sh, d)}\n`).join(''))
    else if (argv[1] === '-p') sh.out(stack.map((d) => `${short(sh, d)}\n`).join(''))
    else if (argv[1] === '-l') sh.out(`${stack.join(' ')}\n`)
    else sh.out(listing(sh))
    return 0
  },
}
