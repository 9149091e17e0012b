import { type Process, type Source, SysError } from '../../host/index.ts'
import { quoteName } from '../text/quotes.ts'
import { openRead } from './files.ts'

/** Opens an operand as head and tail do: `cannot open 'x' for reading: No such file or directory`. */
export function openQuoted(
  t: { readonly p: Process; complain(message: string): void },
  name: string,
): Source | undefined {
  if (name === '-') return t.p.stdin
  try {
    return openRead(t.p, name)
  } catch (error) {
    if (!(error instanceof SysError)) throw error
    t.complain(`cannot open ${quoteName(name)} for reading: ${error.strerror}`)
    return undefined
  }
}
