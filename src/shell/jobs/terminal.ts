import type { Host, Process, Source } from '../../host/index.ts'
import type { Coro } from '../../kernel/index.ts'
import type { Shell } from '../bash/shell.ts'
import { underlying } from '../io/fd.ts'
import { killGroup, terminalOf } from './group.ts'

/** A controlling terminal: shells on it read commands, its Ctrl-C goes to the foreground process group. */
export abstract class Terminal {
  /** Who gets the terminal's signals. On another host while an ssh session runs there. */
  foreground: { readonly host: Host; readonly pgid: number } | undefined
  /** Whether what a program reads is shown while it is typed (termios ECHO). */
  echo = true
  rows = 24
  cols = 80
  /** Driven by scripts: no prompts, no job messages. */
  abstract readonly scripted: boolean
  /** What programs on the terminal read. */
  abstract readonly input: Source

  /** The next complete command for `sh`; null at the end of input (Ctrl-D, hang-up). */
  abstract readCommand(sh: Shell): Coro<string | null>

  /** Sends a signal to the foreground process group: Ctrl-C, Ctrl-Z, Ctrl-\, hang-up. */
  signal(name: string): void {
    if (this.foreground) killGroup(this.foreground.host, this.foreground.pgid, name)
  }
}

/** The controlling terminal of a process, if it has one. */
export function controllingTerminal(p: Process): Terminal | undefined {
  const terminal = terminalOf(p)
  return terminal instanceof Terminal ? terminal : undefined
}

/** The terminal that a process reads from, if its standard input is one. */
export function inputTerminal(p: Process): Terminal | undefined {
  const terminal = controllingTerminal(p)
  return terminal && p.stdin.isTty && underlying(p.stdin) === underlying(terminal.input) ? terminal : undefined
}
