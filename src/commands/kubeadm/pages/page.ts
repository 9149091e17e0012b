/** What a help page of kubeadm 1.36 says of a command, as the real one printed it. */
export interface Page {
  /** Without `kubeadm`. */
  readonly path: string
  /** What stands behind the name on the usage line, before `[flags]`. */
  readonly positional?: string
  /** The usage line has no `[flags]`. */
  readonly bare?: boolean
  readonly short: string
  /** Where it is not the short one. */
  readonly long?: string
  readonly aliases?: readonly string[]
  readonly example?: string
  /** Names in FLAGS. */
  readonly flags?: string
  /** Names in FLAGS of those that subcommands inherit. */
  readonly persistent?: string
  /** Positional arguments: none unless it says so; `endpoint` is one at most, `any` is looked at by the command itself. */
  readonly args?: 'endpoint' | 'any'
  /** It only holds others: by itself it prints its help and fails. */
  readonly group?: boolean
  /** False: even that does not fail. */
  readonly runnable?: boolean
}
