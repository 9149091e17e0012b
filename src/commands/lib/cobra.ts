/**
 * A work-alike of spf13/cobra and pflag, driven by data: declare a command once and get parsing, error texts, help
 * pages, suggestions and completion as the real tool has them. Used by kubectl, kubeadm, etcdctl and etcdutl.
 *
 * How to use it:
 *
 * ```ts
 * const version = command({
 *   use: 'version', short: 'Print the version of kubeadm', args: noArgs,
 *   flags: [{ name: 'output', short: 'o', type: 'string', usage: "Output format; available options are 'yaml', 'json' and 'short'" }],
 *   *run({ p, flags, args }) { p.stdout.write('…\n'); return 0 },
 * })
 * const root = command({ use: 'kubeadm', short: '…', long: '…', persistentFlags: […], commands: [version, init, …] })
 * export const kubeadm: Program = cobraProgram(root, { style: 'cobra' })
 * ```
 *
 * - `run` gets the process, the parsed `flags` (`flags.string('output')`, `.bool`, `.int`, `.duration` in ms, `.strings`,
 *   `.changed('x')`), the positional `args` and `command` (its `path`). It returns the exit status, or throws:
 *   `UsageError` for mistakes on the command line, anything else goes to `options.onError`.
 * - A command without `run` prints its help. `-h/--help` and `help CMD` come by themselves.
 * - Styles: `cobra` is cobra's own template (kubeadm), `kubectl` the templater of kubectl. Another template (etcdctl's
 *   `NAME: / USAGE:` pages) is a function: `style: (command) => string`, which can use `useLine`, `localFlags`,
 *   `inheritedFlags`, `available`, `flagUsages`.
 * - Texts on a wrong command line come from `options.flagError` and `options.onError`; the defaults are cobra's
 *   (`Error: unknown flag: --x`, then the usage, exit 1).
 * - `__complete WORDS… PREFIX` answers completion requests from the same data; positional candidates come from `complete`.
 */

export {
  type ArgRule,
  type Call,
  Command,
  type CommandSpec,
  command,
  exactArgs,
  exactlyOneOf,
  maxArgs,
  noArgs,
} from './cobra-command.ts'
export { completeFlag, DIRECTIVE, type FlagCompleter } from './cobra-complete.ts'
export { type CobraOptions, cobraProgram, execute, helpPage } from './cobra-execute.ts'
export { findCommand, words } from './cobra-find.ts'
export { type FlagSpec, Flags, parseFlags, UsageError } from './cobra-flags.ts'
export { cobraHelp, cobraUsage } from './cobra-help.ts'
export { suggestions } from './cobra-suggest.ts'
