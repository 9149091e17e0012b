import { type Iface, may, type Stack } from '../../../host/index.ts'
import { type Command, Fail } from '../lib/command.ts'

/** One `ip OBJECT COMMAND …` with the options in front of it. */
export interface Call {
  readonly c: Command
  /** Network namespace that it works on. */
  readonly stack: Stack
  /** Words behind the object. */
  readonly args: readonly string[]
  readonly details: boolean
  readonly brief: boolean
  readonly stats: boolean
  /** A record a line (-o). */
  readonly oneline: boolean
  readonly family: 4 | 6 | undefined
}

/** The namespace of that name (`ip -n`, `ip netns exec`). */
export const namespaceOf = (stack: Stack, name: string): Stack => {
  for (const child of stack.host.children) if (child.name === name) return child
  throw new Fail(`Cannot open network namespace "${name}": No such file or directory`, 255)
}

/** The interface of that name, or iproute2's error. */
export const device = (stack: Stack, name: string): Iface => {
  const i = stack.iface(name)
  if (!i) throw new Fail(`Device "${name}" does not exist.`)
  return i
}

/** A record as -o has it: its lines on one, each end of a line a backslash. */
export const oneLine = (call: Call, text: string): string =>
  call.oneline ? `${text.replace(/\n$/, '').replaceAll('\n', '\\')}\n` : text

/** A command that the object does not have. */
export const unknown = (verb: string, object: string): never => {
  if (verb === 'help') throw new Fail(`ip: not simulated: ip ${object} help`, 127)
  throw new Fail(`Command "${verb}" is unknown, try "ip ${object} help".`, 255)
}

/** What the kernel answers to a netlink request that it refuses. */
export const rtnl = (message: string): never => {
  throw new Fail(`RTNETLINK answers: ${message}`, 2)
}

/** Refuses who may not change the network (CAP_NET_ADMIN). */
export const needRoot = (c: Command): void => {
  if (!may(c.p.creds, 'NET_ADMIN')) rtnl('Operation not permitted')
}

/** `show`, `list`, `ls`, their beginnings, or no command at all. */
export const isShow = (verb: string | undefined): boolean =>
  verb === undefined || 'show'.startsWith(verb) || 'list'.startsWith(verb) || verb === 'ls'

/** Reads `KEY VALUE` pairs out of words. */
export const valueIn =
  (words: readonly string[]) =>
  (key: string): string | undefined =>
    words.includes(key) ? (words[words.indexOf(key) + 1] ?? incomplete()) : undefined

/** A word that has no value behind it. */
export const incomplete = (): never => {
  throw new Fail('Command line is not complete. Try option "help"', 255)
}

/** A prefix that is none. */
export const noPrefix = (text: string): never => {
  throw new Fail(`Error: any valid prefix is expected rather than "${text}".`)
}

/** Whether a word is the beginning of one of these commands. */
export const isVerb = (verb: string, verbs: string): boolean => verbs.split(' ').some((v) => v.startsWith(verb))

/** Names and filters of show commands: `dev X`, `up`, `type bridge`, `master cni0`. */
export function selected(call: Call, words: readonly string[]): Iface[] {
  let list = [...call.stack.ifaces]
  for (let i = 0; i < words.length; i++) {
    const w = words[i]
    if (w === 'up') list = list.filter((x) => x.up)
    else if (w === 'type') {
      const kind = words[++i]
      list = list.filter((x) => x.kind === kind)
    } else if (w === 'master') {
      const master = words[++i]
      list = list.filter((x) => x.master?.name === master)
    } else if (w === 'scope' || w === 'to') i++
    else {
      const name = w === 'dev' ? words[++i] : w
      list = [device(call.stack, name)]
    }
  }
  return list
}
