import type { Call } from '../../lib/cobra.ts'
import { type FlagSpec, noOptDefault } from '../../lib/cobra-flags.ts'

/** --record: deprecated and hidden, and still typed. */
export const recordFlag: FlagSpec = {
  name: 'record',
  type: 'bool',
  usage:
    'Record current kubectl command in the resource annotation. If set to false, do not record the command. If set to true, record the command. If not set, default to updating the existing annotation value only if one already exists.',
  deprecated: '--record will be removed in the future',
  hidden: true,
}

export const CHANGE_CAUSE = 'kubernetes.io/change-cause'

/**
 * What --record writes into the annotation: the words of the command line, then its flags in full. Undefined where it
 * was not asked for. Models k8s.io/cli-runtime/pkg/genericclioptions/record_flags.go.
 */
export function changeCause({ p, command, flags }: Call): string | undefined {
  if (!flags.has('record') || !flags.bool('record')) return undefined
  const words: string[] = []
  const given: string[] = []
  const specs = command.allFlags
  const argv = p.argv.slice(1)
  for (let i = 0; i < argv.length; i++) {
    const arg = argv[i]
    if (arg === '--') {
      words.push(...argv.slice(i + 1))
      break
    }
    if (!arg.startsWith('-') || arg === '-') {
      words.push(arg)
      continue
    }
    const [, typed, text] = /^--?([^=]+)(?:=(.*))?$/s.exec(arg) ?? []
    const spec = specs.find((s) => (arg.startsWith('--') ? s.name === typed : s.short === typed?.[0]))
    if (!spec) continue
    const attached = arg.startsWith('--') ? text : arg.length > 2 ? arg.slice(arg[2] === '=' ? 3 : 2) : undefined
    given.push(`--${spec.name}=${attached ?? (noOptDefault(spec) || argv[++i] || '')}`)
  }
  return ['kubectl', ...words, ...given].join(' ')
}
