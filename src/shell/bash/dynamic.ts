import type { Shell } from './shell.ts'
import type { Dynamic } from './variables.ts'

/** Release that `$BASH_VERSION` and `bash --version` tell: Ubuntu 24.04's. */
export const BASH_VERSION = '5.2.21(1)-release'

/** Variables that are computed when read. */
export function specialVariables(sh: Shell): Dynamic {
  let seconds = 0
  let secondsSince: number | undefined
  let random: ReturnType<Shell['p']['host']['rng']['fork']> | undefined
  const known = (name: string): boolean =>
    sh.dialect === 'bash' || (sh.dialect === 'ash' && /^(RANDOM|LINENO)$/.test(name))
  return {
    get(name) {
      if (!known(name)) return undefined
      switch (name) {
        case 'RANDOM': {
          random ??= sh.p.host.rng.fork(`shell/${sh.p.pid}`)
          return String(random.int(32768))
        }
        case 'SRANDOM':
          return String(sh.p.host.rng.u32())
        case 'SECONDS':
          return String(seconds + Math.floor((sh.kernel.now() - (secondsSince ?? sh.startedAt)) / 1000))
        case 'LINENO':
          return String(sh.line)
        case 'BASHPID':
          return String(sh.pid)
        case 'EPOCHSECONDS':
          return String(Math.floor(sh.p.now() / 1000))
        case 'EPOCHREALTIME':
          return (sh.p.now() / 1000).toFixed(6)
        case 'BASH_SUBSHELL':
          return String(sh.subshellDepth)
        case 'FUNCNAME':
          return sh.callStack[sh.callStack.length - 1]?.name
        case 'BASH_SOURCE':
          return sh.unit.name || undefined
        case 'HISTCMD':
          return String(sh.history.length + 1)
        case 'UID':
        case 'EUID':
          return String(sh.p.creds.uid)
        case 'BASH_COMMAND':
          return undefined
        case 'SHELLOPTS':
          return [...sh.options].sort().join(':')
        case '_':
          return sh.lastArg
        default:
          return undefined
      }
    },
    set(name, value) {
      if (!known(name)) return false
      switch (name) {
        case 'RANDOM':
          random = sh.p.host.rng.fork(`random/${value}`)
          return true
        case 'SECONDS':
          seconds = Number.parseInt(value, 10) || 0
          secondsSince = sh.kernel.now()
          return true
        case 'UID':
        case 'EUID':
        case 'LINENO':
        case 'BASHPID':
        case 'FUNCNAME':
        case '_':
          return true
        default:
          return false
      }
    },
  }
}
