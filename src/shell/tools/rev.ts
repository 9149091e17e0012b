import { defineTool } from '../command.ts'

export const rev = defineTool({
  name: 'rev',
  summary: 'Reverse lines characterwise.',
  usage: '[options] [file ...]',
  version: 'rev from util-linux 2.39.3',
  *run(t) {
    for (const { source } of t.inputs())
      yield* t.lines(source, (line, ended) => t.write([...line].reverse().join('') + (ended ? '\n' : '')))
    return 0
  },
})
