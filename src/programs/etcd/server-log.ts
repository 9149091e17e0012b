import { type Fields, type Level, type Log, zapLog } from '../../etcd/log.ts'
import type { Process } from '../../host/index.ts'
import { writeLine } from '../lib/klog.ts'
import { STACK_TRACES } from './stack-traces.ts'

/**
 * The server's log on stderr: zap lines by this host's clock. Lines of level error and above carry the stack trace of
 * their caller; `#suffix` behind a caller picks one of several and is not printed.
 */
export function serverLog(p: Process): Log {
  const log = zapLog(
    () => p.now(),
    (line) => writeLine(p, line),
  )
  return (level: Level, caller: string, msg: string, fields: Fields = {}) => {
    if (p.status) return
    const hash = caller.indexOf('#')
    const plain = hash < 0 ? caller : caller.slice(0, hash)
    const severe = level === 'error' || level === 'panic' || level === 'fatal'
    const trace = severe ? STACK_TRACES[caller.slice(caller.indexOf('@') + 1)] : undefined
    log(level, plain, msg, trace === undefined ? fields : { ...fields, stacktrace: trace })
  }
}
