import { sleep } from '../../kernel/index.ts'
import { defineTool } from '../command.ts'

export const yes = defineTool({
  name: 'yes',
  summary: "Repeatedly output a line with all specified STRING(s), or 'y'.",
  usage: '[STRING]...\n' + 'OPTION',
  ordered: true,
  *run(t) {
    const line = `${t.args.length > 0 ? t.args.join(' ') : 'y'}\n`
    const block = line.repeat(Math.max(1, Math.ceil(8192 / line.length)))
    for (let n = 1; ; n++) {
      t.write(block)
      yield* t.flush()
      if (n % 16 === 0) yield* sleep(t.p.host.kernel, 1)
    }
  },
})
