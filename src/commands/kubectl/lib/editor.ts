import { shellStatus } from '../../../host/index.ts'
import type { Coro } from '../../../kernel/index.ts'
import { lookup, startProgram } from '../../../shell/run-program.ts'
import { CliError } from './errors.ts'
import type { Kube } from './kube.ts'

/** Runs a program with the command's own terminal. Undefined when there is none of that name. */
export function* runChild(k: Kube, argv: readonly string[]): Coro<number | undefined> {
  if (!('program' in lookup(k.p, argv))) return undefined
  const child = startProgram(k.p, argv, { name: 'kubectl' })
  return typeof child === 'number' ? child : shellStatus(yield* child.wait())
}

/** Models kubectl/pkg/cmd/util/editor: the editor of KUBE_EDITOR or EDITOR, through a shell when it has arguments. */
export function* launchEditor(k: Kube, path: string): Coro<void> {
  const editor = k.p.env.KUBE_EDITOR || k.p.env.EDITOR || 'vi'
  const shell = /["'\\ ]/.test(editor)
  const argv = shell ? [k.p.env.SHELL || '/bin/bash', '-c', `${editor} "${path}"`] : [editor, path]
  const status = yield* runChild(k, argv)
  if (status === undefined) throw new CliError(`unable to launch the editor "${editor}"`)
  if (status !== 0) throw new CliError(`there was a problem with the editor "${editor}"`)
}

/** A new file in /tmp for the editor. */
export function temporaryFile(k: Kube, name: string, extension: string, content: string): string {
  const path = `${k.p.env.TMPDIR || '/tmp'}/${name}${k.p.host.rng.int(4_000_000_000)}${extension}`
  k.p.fs.writeFile(path, content, { mode: 0o600, creds: k.p.creds })
  return path
}

/** Removes a temporary file; the editor may have done so already. */
export const removeFile = (k: Kube, path: string): void => {
  if (k.p.fs.exists(path)) k.p.fs.unlink(path)
}

/** The text without comment lines. */
export const withoutComments = (text: string): string =>
  text
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n')
