import { goQuote } from '../../print/index.ts'
import type { Command } from './cobra-command.ts'
import { defaultText, type FlagSpec, flagDefault, noOptDefault } from './cobra-flags.ts'

/** pflag's UnquoteUsage: the value's name on help pages, and the usage without back quotes. */
function unquote(spec: FlagSpec): { name: string; usage: string } {
  const m = /`([^`]*)`/.exec(spec.usage)
  if (m) return { name: m[1], usage: spec.usage.replace(m[0], m[1]) }
  const short: Record<string, string> = { bool: '', float64: 'float', int64: 'int', stringSlice: 'strings' }
  return { name: spec.typeName ?? short[spec.type] ?? spec.type, usage: spec.usage }
}

function isZero(spec: FlagSpec): boolean {
  if (spec.defaultText !== undefined) return ['', 'false', '0', '0s', '[]', '<nil>'].includes(spec.defaultText)
  const value = flagDefault(spec)
  if (Array.isArray(value)) return value.length === 0
  if (typeof value === 'object') return Object.keys(value).length === 0
  return value === '' || value === 0 || value === false
}

/** pflag's FlagUsages: two columns, the first as wide as its longest entry. */
function flagUsages(specs: readonly FlagSpec[]): string {
  const rows = specs
    .filter((spec) => !spec.hidden)
    .map((spec) => {
      const { name, usage } = unquote(spec)
      let left = spec.short && !spec.shorthandDeprecated ? `  -${spec.short}, --${spec.name}` : `      --${spec.name}`
      if (name) left += ` ${name}`
      const bare = noOptDefault(spec)
      if (bare !== '') {
        if (spec.type === 'string' && !spec.typeName) left += `[="${bare}"]`
        else if (spec.type !== 'bool' || bare !== 'true') left += `[=${bare}]`
      }
      let right = usage
      if (!isZero(spec))
        right +=
          spec.type === 'string' && !spec.typeName
            ? ` (default ${goQuote(defaultText(spec))})`
            : ` (default ${defaultText(spec)})`
      if (spec.deprecated !== undefined) right += ` (DEPRECATED: ${spec.deprecated})`
      return [left, right]
    })
  const width = Math.max(0, ...rows.map(([left]) => left.length))
  return rows
    .map(
      ([left, right]) =>
        `${left}${' '.repeat(width - left.length)}   ${right.replaceAll('\n', `\n${' '.repeat(width + 3)}`)}\n`,
    )
    .join('')
}

const trimEnd = (text: string): string => text.replace(/\s+$/, '')

/** Width of the column of subcommand names. */
const namePadding = (parent: Command | undefined): number =>
  Math.max(11, ...(parent?.children ?? []).map((child) => child.name.length))

/** cobra's default usage template. */
export function cobraUsage(command: Command): string {
  const out: string[] = ['Usage:']
  const subcommands = command.hasAvailableSubcommands
  if (command.runnable) out.push(`\n  ${command.useLine}`)
  if (subcommands) out.push(`\n  ${command.path} [command]`)
  const { aliases = [], example } = command.spec
  if (aliases.length > 0) out.push(`\n\nAliases:\n  ${[command.name, ...aliases].join(', ')}`)
  if (example) out.push(`\n\nExamples:\n${example}`)
  if (subcommands) {
    out.push('\n\nAvailable Commands:')
    for (const child of command.children)
      if (child.available || child.name === 'help')
        out.push(`\n  ${child.name.padEnd(namePadding(command))} ${child.spec.short}`)
  }
  const local = command.localFlags
  if (local.some((flag) => !flag.hidden)) out.push(`\n\nFlags:\n${trimEnd(flagUsages(local))}`)
  const inherited = command.inheritedFlags
  if (inherited.some((flag) => !flag.hidden)) out.push(`\n\nGlobal Flags:\n${trimEnd(flagUsages(inherited))}`)
  const topics = command.children.filter((child) => child.isHelpTopic)
  if (topics.length > 0) {
    const width = Math.max(11, ...command.children.map((child) => child.path.length))
    out.push('\n\nAdditional help topics:')
    for (const topic of topics) out.push(`\n  ${topic.path.padEnd(width)} ${topic.spec.short}`)
  }
  if (subcommands) out.push(`\n\nUse "${command.path} [command] --help" for more information about a command.`)
  return `${out.join('')}\n`
}

/** cobra's default help template. */
export function cobraHelp(command: Command): string {
  const about = command.spec.long ?? command.spec.short
  const head = about ? `${trimEnd(about)}\n\n` : ''
  return command.runnable || command.children.length > 0 ? head + cobraUsage(command) : head
}
