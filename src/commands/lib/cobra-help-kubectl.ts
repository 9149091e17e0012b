import type { Command } from './cobra-command.ts'
import { defaultText, type FlagSpec } from './cobra-flags.ts'

const trimEnd = (text: string): string => text.replace(/\s+$/, '')

/** mitchellh/go-wordwrap: breaks at blanks so that lines stay within `limit`. */
export function wordWrap(text: string, limit: number): string {
  let out = ''
  let current = 0
  let word = ''
  let space = ''
  const flush = (): void => {
    current += space.length + word.length
    out += space + word
    space = ''
    word = ''
  }
  for (const c of text) {
    if (c === '\n') {
      if (word === '') {
        if (current + space.length <= limit) out += space
        space = ''
      } else flush()
      out += c
      current = 0
    } else if (/\s/.test(c) && c !== '\u00a0') {
      if (space === '' || word !== '') flush()
      space += c
    } else {
      word += c
      if (current + word.length + space.length > limit && word.length < limit) {
        out += '\n'
        current = 0
        space = ''
      }
    }
  }
  if (word === '') {
    if (current + space.length <= limit) out += space
  } else flush()
  return out
}

/** Columns at which kubectl wraps on a terminal of `width` columns; undefined when it does not. */
export const wrapLimit = (width: number | undefined): number | undefined =>
  width === undefined ? undefined : width >= 120 ? 120 : width >= 100 ? 100 : width >= 80 ? 80 : undefined

/** The templater's flag list: `    -o, --output='':` and the usage behind a tab. */
export function kubectlFlags(specs: readonly FlagSpec[], limit?: number): string {
  return specs
    .filter((spec) => !spec.hidden)
    .map((spec) => {
      const value = spec.type === 'string' && !spec.typeName ? `'${defaultText(spec)}'` : defaultText(spec)
      const head = `    ${spec.short ? `-${spec.short}, ` : ''}--${spec.name}=${value}:`
      const tail = (spec.usage + (spec.deprecated === undefined ? '' : ` (DEPRECATED: ${spec.deprecated})`)).replaceAll(
        '\n',
        ' ',
      )
      const wrapped = limit === undefined ? tail : wordWrap(tail, limit - 10)
      return `${head}\n${wrapped}`.replaceAll('\n', '\n\t')
    })
    .map((text) => `${text}\n\n`)
    .join('')
}

function commandGroups(command: Command): string {
  const shown = command.children.filter((child) => !child.spec.hidden && !command.spec.filtered?.includes(child.name))
  const width = Math.max(11, ...command.children.map((child) => child.name.length))
  const line = (child: Command): string => `  ${child.name.padEnd(width)}   ${child.spec.short}`
  const { groups } = command.spec
  const list = (children: readonly Command[]): string[] => children.filter((child) => child.available).map(line)
  if (!groups) return ['Available Commands:', ...list(shown.filter((child) => child.name !== 'options'))].join('\n')
  const grouped = new Set(groups.flatMap((group) => group.commands))
  const sections = groups.map((group) =>
    [group.title, ...list(group.commands.map((name) => command.find(name)!).filter(Boolean))].join('\n'),
  )
  const others = shown.filter((child) => !grouped.has(child.name) && child.name !== 'help' && child.spec.short !== '')
  if (others.length > 0) sections.push(['Other Commands:', ...list(others)].join('\n'))
  return sections.join('\n\n')
}

/** Flags on a page of kubectl: the command's own, without `--help` and without those it hands down. */
function pageFlags(command: Command): FlagSpec[] {
  const persistent = new Set((command.spec.persistentFlags ?? []).map((flag) => flag.name))
  return command.localFlags.filter((flag) => flag.name !== 'help' && !persistent.has(flag.name))
}

/** Everything below the description. `limit` is the wrapping column. */
export function kubectlUsage(command: Command, limit?: number): string {
  const { root } = command
  if (command.name === 'options') {
    const flags = kubectlFlags(command.inheritedFlags, limit)
    return `The following options can be passed to any command:\n\n${flags}`
  }
  const { aliases = [], example } = command.spec
  const flags = pageFlags(command)
  const sections: string[] = []
  if (aliases.length > 0) sections.push(`Aliases:\n${[command.name, ...aliases].join(', ')}`)
  if (example) sections.push(`Examples:\n${trimEnd(example)}`)
  if (command.hasAvailableSubcommands) sections.push(commandGroups(command))
  if (flags.some((flag) => !flag.hidden)) sections.push(`Options:\n${trimEnd(kubectlFlags(flags, limit))}`)
  if (command.runnable && command.useLine !== root.path) {
    const line = command.useLine
    sections.push(`Usage:\n  ${line.includes('[options]') ? line : `${line} [options]`}`)
  }
  const tips: string[] = []
  if (command.children.length > 0)
    tips.push(`Use "${command.path} <command> --help" for more information about a given command.`)
  if (command.runnable && root.find('options'))
    tips.push(`Use "${root.name} options" for a list of global command-line options (applies to all commands).`)
  if (tips.length > 0) sections.push(tips.join('\n'))
  const text = `\n\n${sections.join('\n\n')}\n`
  return limit === undefined ? text : wordWrap(text, limit)
}

/** kubectl's help page. */
export function kubectlHelp(command: Command, limit?: number): string {
  if (command.name === 'options') return kubectlUsage(command, limit)
  const about = (command.spec.long || command.spec.short).trim()
  const head = limit === undefined ? about : wordWrap(about, limit)
  return command.runnable || command.children.length > 0 ? head + kubectlUsage(command, limit) : head
}
