import type { Mission } from '../../game/index.ts'
import type { Language } from '../../scenario/language.ts'
import { paragraphs } from '../paragraphs.ts'
import { say, withCode } from '../typeset.ts'

const BAR = '\u001b[36m│\u001b[39m '

/** What is asked, as the text with which the terminal begins; `before` is told first. */
export function headText({ scenario }: Mission, language: Language, width: number, before: string | undefined): string {
  const asked = paragraphs(withCode(say(scenario.brief, language)), width - 2)
  const lines = [...(before === undefined ? [] : [before, '']), ...asked.map((text) => BAR + text), '']
  return lines.map((text) => `${text}\r\n`).join('')
}
