import { type Process, shellStatus } from '../../../host/index.ts'
import type { Coro } from '../../../kernel/index.ts'
import { startChild } from '../lib/child.ts'
import { Fail, notSimulated } from '../lib/command.ts'
import { type Call, isShow, namespaceOf, needRoot, unknown } from './call.ts'

function* waitExec(child: Process): Coro<number> {
  return shellStatus(yield* child.wait())
}

/** `ip netns` */
export function netns({ c, stack, args }: Call): number | Coro<number> {
  const [verb, name, ...command] = args
  if (isShow(verb)) {
    ;[...stack.host.children].forEach((ns, i) => {
      c.out(`${ns.name} (id: ${i})\n`)
    })
    return 0
  }
  if (['exec', 'add', 'delete', 'del'].includes(verb) && name === undefined) throw new Fail('No netns name specified')
  if (verb === 'exec') {
    const ns = namespaceOf(stack, name ?? '')
    const program = c.host.programs.get((command[0] ?? '').replace(/^.*\//, ''))
    if (!program) throw new Fail(`exec of "${command[0]}" failed: No such file or directory`, 255)
    return waitExec(startChild(c, { program, argv: command, net: ns }))
  }
  if (verb === 'pids' || verb === 'identify' || verb === 'monitor') return notSimulated(c, `ip netns ${verb}`)
  needRoot(c)
  if (verb === 'add') {
    if ([...stack.host.children].some((ns) => ns.name === name))
      throw new Fail(`Cannot create namespace file "/run/netns/${name}": File exists`)
    stack.network.namespace(stack.host, name)
    return 0
  }
  if (verb === 'delete' || verb === 'del') {
    const ns = [...stack.host.children].find((x) => x.name === name)
    if (!ns) throw new Fail(`Cannot remove namespace file "/run/netns/${name}": No such file or directory`)
    ns.destroy()
    return 0
  }
  return unknown(verb, 'netns')
}
