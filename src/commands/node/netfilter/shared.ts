import { may, type TableName } from '../../../host/index.ts'
import { type Command, Fail } from '../lib/command.ts'

/** A table that iptables knows, or undefined. */
export const tableNamed = (name: string): TableName | undefined =>
  (['raw', 'mangle', 'nat', 'filter', 'security'] as const).find((t) => t === name)

/** Netfilter belongs to root. */
export function requireRoot(c: Command, name: string, version: string): void {
  if (!may(c.p.creds, 'NET_ADMIN'))
    throw new Fail(
      `${name} ${version}: Could not fetch rule set generation id: Permission denied (you must be root)\n`,
      4,
    )
}
