import type { Program } from '../../host/index.ts'
import { builtins } from '../bash/builtins/index.ts'
import { runBuiltin } from '../bash/exec/simple.ts'
import { guarded } from '../bash/exec/top.ts'
import { Shell } from '../bash/shell.ts'

/** Builtins that also exist as files in /usr/bin (for xargs, find -exec, containers without a shell). */
const external = (name: string): Program => ({
  name,
  *main(p) {
    const sh = new Shell(p, { dialect: 'bash', name })
    sh.adoptStreams()
    sh.prefix = () => ''
    p.defer(() => {
      for (const fd of sh.fds.values()) fd.close()
    })
    return yield* guarded(sh, () => runBuiltin(sh, [name, ...p.argv.slice(1)], builtins.get(name)!))
  },
})

export const builtinPrograms: readonly Program[] = ['echo', 'printf', 'test', '[', 'true', 'false', 'pwd'].map(external)
