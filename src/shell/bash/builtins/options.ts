import { arrayText } from '../array-text.ts'
import { ShellError } from '../control.ts'
import { functionText } from '../function-text.ts'
import { quoteWord } from '../quote.ts'
import { FLAG_LETTERS, type Shell } from '../shell.ts'
import type { Builtin } from './index.ts'
import { parseFlags } from './options-parse.ts'

/** All names of `set -o`, in its order. */
const NAMES = [
  'allexport',
  'braceexpand',
  'emacs',
  'errexit',
  'errtrace',
  'functrace',
  'hashall',
  'histexpand',
  'history',
  'ignoreeof',
  'interactive-comments',
  'keyword',
  'monitor',
  'noclobber',
  'noexec',
  'noglob',
  'nolog',
  'notify',
  'nounset',
  'onecmd',
  'physical',
  'pipefail',
  'posix',
  'privileged',
  'verbose',
  'vi',
  'xtrace',
]

const SHOPTS = [
  'autocd',
  'assoc_expand_once',
  'cdable_vars',
  'cdspell',
  'checkhash',
  'checkjobs',
  'checkwinsize',
  'cmdhist',
  'compat31',
  'compat32',
  'compat40',
  'compat41',
  'compat42',
  'compat43',
  'compat44',
  'complete_fullquote',
  'direxpand',
  'dirspell',
  'dotglob',
  'execfail',
  'expand_aliases',
  'extdebug',
  'extglob',
  'extquote',
  'failglob',
  'force_fignore',
  'globasciiranges',
  'globskipdots',
  'globstar',
  'gnu_errfmt',
  'histappend',
  'histreedit',
  'histverify',
  'hostcomplete',
  'huponexit',
  'inherit_errexit',
  'interactive_comments',
  'lastpipe',
  'lithist',
  'localvar_inherit',
  'localvar_unset',
  'login_shell',
  'mailwarn',
  'no_empty_cmd_completion',
  'nocaseglob',
  'nocasematch',
  'noexpand_translation',
  'nullglob',
  'patsub_replacement',
  'progcomp',
  'progcomp_alias',
  'promptvars',
  'restricted_shell',
  'shift_verbose',
  'sourcepath',
  'varredir_close',
  'xpg_echo',
]

function toggle(sh: Shell, name: string, on: boolean): void {
  if (!NAMES.includes(name) && name !== 'pipefail')
    throw new ShellError(`${name}: invalid option name`, sh.dialect === 'bash' ? 2 : 2)
  if (on) sh.options.add(name)
  else sh.options.delete(name)
}

/** `set`: options, positional parameters, or a list of all variables. */
const set: Builtin = (sh, argv) => {
  if (argv.length === 1) {
    for (const name of sh.vars.names()) {
      const v = sh.vars.own(name)!
      if (v.array || v.assoc) sh.out(`${name}=${arrayText(v)}\n`)
      else if (v.value !== undefined) sh.out(`${name}=${quoteWord(v.value)}\n`)
    }
    if (sh.dialect === 'bash')
      for (const name of [...sh.functions.keys()].sort()) sh.out(functionText(sh.functions.get(name)!))
    return 0
  }
  for (let i = 1; i < argv.length; i++) {
    const arg = argv[i]
    if (arg === '--') {
      sh.args = argv.slice(i + 1)
      return 0
    }
    if (arg === '-') {
      sh.options.delete('xtrace')
      sh.options.delete('verbose')
      if (i + 1 < argv.length) sh.args = argv.slice(i + 1)
      return 0
    }
    if (!/^[-+]./.test(arg)) {
      sh.args = argv.slice(i)
      return 0
    }
    const on = arg[0] === '-'
    for (const letter of arg.slice(1)) {
      if (letter === 'o') {
        const name = argv[i + 1]
        if (name === undefined || (arg.length > 2 === false && /^[-+]/.test(name))) {
          showOptions(sh, on)
          return 0
        }
        toggle(sh, name, on)
        i++
        continue
      }
      const name = FLAG_LETTERS.find(([l]) => l === letter)?.[1]
      if (!name) {
        if (sh.dialect !== 'bash') throw new ShellError(`Illegal option ${arg[0]}${letter}`, 2, true)
        sh.complain(`set: ${arg[0]}${letter}: invalid option`)
        sh.errorText('set: usage: set [-abefhkmnptuvxBCEHPT] [-o option-name] [--] [-] [arg ...]\n')
        return 2
      }
      toggle(sh, name, on)
    }
  }
  return 0
}

function showOptions(sh: Shell, table: boolean): void {
  for (const name of NAMES) {
    const on = sh.options.has(name)
    sh.out(table ? `${name.padEnd(15)}\t${on ? 'on' : 'off'}\n` : `set ${on ? '-' : '+'}o ${name}\n`)
  }
}

const shopt: Builtin = (sh, argv) => {
  const parsed = parseFlags(sh, argv, 'opqsu', 'shopt [-pqsu] [-o] [optname ...]')
  if (typeof parsed === 'number') return parsed
  const { flags, args } = parsed
  const store = flags.o !== undefined ? sh.options : sh.shopts
  const known = flags.o !== undefined ? NAMES : SHOPTS
  const show = (name: string): void => {
    const on = store.has(name)
    sh.out(flags.p !== undefined ? `shopt ${on ? '-s' : '-u'} ${name}\n` : `${name.padEnd(15)}\t${on ? 'on' : 'off'}\n`)
  }
  if (args.length === 0) {
    for (const name of known) {
      if (flags.s !== undefined && !store.has(name)) continue
      if (flags.u !== undefined && store.has(name)) continue
      show(name)
    }
    return 0
  }
  let status = 0
  for (const name of args) {
    if (!known.includes(name)) {
      sh.complain(`shopt: ${name}: invalid shell option name`)
      status = 1
    } else if (flags.s !== undefined) store.add(name)
    else if (flags.u !== undefined) store.delete(name)
    else {
      if (!store.has(name)) status = 1
      if (flags.q === undefined) show(name)
    }
  }
  return status
}

export const optionBuiltins: Record<string, Builtin> = { set, shopt }
