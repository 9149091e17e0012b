import { forever, sleep as pause } from '../../kernel/index.ts'
import { defineTool } from '../command.ts'
import { UsageError } from '../options.ts'
import { seconds } from '../text/duration.ts'

export const sleep = defineTool({
  name: 'sleep',
  summary: 'Pause for NUMBER seconds.',
  usage: 'NUMBER[SUFFIX]...\nOPTION',
  ordered: true,
  *run(t) {
    if (t.args.length === 0) throw new UsageError('missing operand')
    let total = 0
    for (const arg of t.args) {
      const n = seconds(arg)
      if (n === undefined) throw new UsageError(`invalid time interval ‘${arg}’`)
      total += n
    }
    if (total === Number.POSITIVE_INFINITY) yield* forever()
    // The kernel's timers count on the host's monotonic clock, which a faulty oscillator makes fast or slow.
    yield* pause(t.p.host.kernel, t.p.host.clock.toTrue(total * 1000))
    return 0
  },
})
