import { ETCD_VERSION } from '../../programs/etcd/version.ts'
import type { Command, FlagSpec } from '../lib/cobra.ts'

/** text/tabwriter with tabs for padding: cells end at the next multiple of 8. */
function columns(rows: readonly (readonly [string, string])[]): string {
  const width = Math.ceil((Math.max(0, ...rows.map(([left]) => left.length)) + 1) / 8) * 8
  return rows.map(([left, right]) => `${left}${'\t'.repeat(Math.ceil((width - left.length) / 8))}${right}\n`).join('')
}

/** A flag as etcdctl's own template shows it: `--x="y"`, `--x[=false]`, `--x=5s`. */
function flagRow(flag: FlagSpec): readonly [string, string] {
  const name = flag.short ? `  -${flag.short}, --${flag.name}` : `      --${flag.name}`
  const text = flag.defaultText ?? (flag.default === undefined ? zero(flag) : String(flag.default))
  const value = flag.type === 'bool' ? `[=${text}]` : flag.type === 'string' ? `="${text}"` : `=${text}`
  return [`${name}${value}`, flag.usage]
}

const zero = (flag: FlagSpec): string => (flag.type === 'bool' ? 'false' : flag.type === 'string' ? '' : '0')

const indent = (text: string): string =>
  text
    .trim()
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n')

/** Subcommands by their path below the root: groups are replaced by what they contain. */
function leaves(command: Command, prefix: string): (readonly [string, string])[] {
  return command.children.flatMap((child) => {
    const path = `${prefix}${child.name}`
    return child.children.length > 0 ? leaves(child, `${path} `) : [[`  ${path}`, child.spec.short] as const]
  })
}

/** etcdctl's help page (etcdctl/ctlv3/help.go). */
export function etcdctlHelp(command: Command): string {
  const root = command.parent === undefined
  const name = command.path.replace(/^etcdctl ?/, '') || 'etcdctl'
  const group = command.children.length > 0
  const parts = [`NAME:\n  ${name} - ${command.spec.short}`, `USAGE:\n  ${command.useLine}`]
  if (root) parts.push(`VERSION:\n  ${ETCD_VERSION}`)
  if (group) parts.push(`API VERSION:\n  ${ETCD_VERSION.split('.').slice(0, 2).join('.')}`)
  if (command.spec.example) parts.push(`Examples:\n${command.spec.example}`)
  if (group) parts.push(`COMMANDS:\n${columns(leaves(command, '')).trimEnd()}`)
  if (command.spec.long) parts.push(`DESCRIPTION:\n${indent(command.spec.long)}`)
  parts.push(`OPTIONS:\n${columns(command.localFlags.map(flagRow)).trimEnd()}`)
  const inherited = command.inheritedFlags
  if (inherited.length > 0) parts.push(`GLOBAL OPTIONS:\n${columns(inherited.map(flagRow)).trimEnd()}`)
  return `${parts.join('\n\n')}\n\n`
}
