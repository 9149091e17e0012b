import { TextSource } from '../../../host/index.ts'
import type { Coro } from '../../../kernel/index.ts'
import { controllingTerminal, runProgram, ttyOf } from '../../../shell/index.ts'
import type { Command } from './command.ts'

/** systemd's tools print through less when they write to a terminal (LESS=FRSXMK); what fits is simply printed. */
export function* paged(c: Command, run: (c: Command) => Coro<number> | number, fromEnd = false): Coro<number> {
  const pager = c.p.env.SYSTEMD_PAGER ?? c.p.env.PAGER
  const tty = pager === '' || pager === 'cat' ? undefined : ttyOf(c.p, controllingTerminal(c.p))
  const on = (how: Command): Coro<number> | number => run(how)
  if (!tty) {
    const result = on(c)
    return typeof result === 'number' ? result : yield* result
  }
  let text = ''
  let status: number
  try {
    const result = on({
      ...c,
      out(more) {
        text += more
      },
    })
    status = typeof result === 'number' ? result : yield* result
  } catch (error) {
    c.out(text)
    throw error
  }
  const less = ['less', '-FRSXMK', ...(fromEnd ? ['+G'] : [])]
  if (text !== '') yield* runProgram(c.p, less, { name: c.name, stdin: new TextSource(text) })
  return status
}
