import { defineTool } from '../command.ts'

export const tac = defineTool({
  name: 'tac',
  summary:
    'Write each FILE to standard output, last line first.\n\nWith no FILE, or when FILE is -, read standard input.',
  usage: '[OPTION]... [FILE]...',
  *run(t) {
    for (const { source } of t.inputs()) {
      const text = yield* t.all(source)
      t.write((text.match(/[^\n]*\n|[^\n]+$/g) ?? []).reverse().join(''))
    }
    return 0
  },
})
