import type { Language } from '../scenario/language.ts'
import type { CliText } from './text.ts'

/** What the command line asks for. */
export interface Invocation {
  readonly language: Language
  readonly text: CliText
  readonly args: readonly string[]
  readonly options: Readonly<Record<string, string | boolean | undefined>>
}
