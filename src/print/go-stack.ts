/**
 * A stack as Go prints it, from a line a frame: `PACKAGE FUNCTION FILE:LINE`, where `~` stands for go.etcd.io/etcd and
 * `main:PATH` for the package main in PATH. Models runtime.Frame as zap's stacktrace encoder writes it.
 */
export const goStack = (...frames: readonly string[]): string => frames.map(frame).join('\n')

/** Innermost last: how every program of cobra is entered. */
export const COBRA = [
  'github.com/spf13/cobra (*Command).execute command.go:1019',
  'github.com/spf13/cobra (*Command).ExecuteC command.go:1148',
  'github.com/spf13/cobra (*Command).Execute command.go:1071',
] as const

export const RUNTIME_MAIN = 'runtime main proc.go:290'

function frame(text: string): string {
  const [where, name, at] = text.replace('~', 'go.etcd.io/etcd').split(' ') as [string, string, string]
  const isMain = where.startsWith('main:')
  const path = isMain ? where.slice('main:'.length) : where
  return `${isMain ? 'main' : path}.${name}\n\t${path}/${at}`
}
