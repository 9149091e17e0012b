import type { Controller } from './controller.ts'
import { paragraphs } from './paragraphs.ts'
import { printable } from './plain-text.ts'
import type { UiText } from './text.ts'

/** What went wrong last outside the simulation, in at most two lines; nothing when all is well. */
export function troubleLines(game: Controller, t: UiText): string[] {
  const last = game.troubles.at(-1)
  if (!last) return []
  const lines = paragraphs(printable(`${t.trouble}${t.colon} ${last(t)}`), game.columns - 4)
  return lines.length > 2 ? [lines[0], `${lines[1].slice(0, -1)}…`] : lines
}

/** `ENOSPC: no space left on device`, in the player's words where there are some. */
export const causeOf = (why: string, t: UiText): string => t.causes[/^E[A-Z]+(?=:)/.exec(why)?.[0] ?? ''] ?? why
