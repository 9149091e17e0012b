import { type Sink, SysError } from '../../host/index.ts'
import { defineTool, flag, optional } from '../command.ts'
import { openWrite } from '../io/files.ts'

export const tee = defineTool({
  name: 'tee',
  summary: 'Copy standard input to each FILE, and also to standard output.',
  usage: '[OPTION]... [FILE]...',
  options: {
    append: flag('a', 'append', 'append to the given FILEs, do not overwrite'),
    ignore: flag('i', 'ignore-interrupts', 'ignore interrupt signals'),
    p: flag('p', undefined, 'operate in a more appropriate MODE with pipes'),
    outputError: optional('', 'output-error', 'MODE', 'set behavior on write error.  See MODE below'),
  },
  *run(t) {
    const sinks: Sink[] = []
    for (const name of t.args) {
      try {
        sinks.push(openWrite(t.p, name, { append: t.opts.append > 0 }))
      } catch (error) {
        if (!(error instanceof SysError)) throw error
        t.complain(`${name}: ${error.strerror}`)
      }
    }
    if (t.opts.ignore) t.p.onSignal('SIGINT', () => {})
    for (let text = yield* t.chunk(t.p.stdin); text !== null; text = yield* t.chunk(t.p.stdin)) {
      t.write(text)
      for (const sink of sinks) sink.write(text)
      yield* t.flush()
    }
    return 0
  },
})
