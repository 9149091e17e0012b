import type { Controller } from '../../src/ui/controller.ts'
import { KeyDecoder } from '../../src/ui/keyboard.ts'
import { handleKey } from '../../src/ui/keys.ts'
import type { View } from '../../src/ui/view.tsx'

/** The rows of the window, as they stand on the player's terminal. French spaces are told apart in typeset.test.ts. */
export const rowsOf = (view: View): string[] =>
  view.screen.rows().map((row) =>
    row
      .replace(/\x1b\[[0-9;]*m/g, '')
      .replaceAll('\u00a0', ' ')
      .trimEnd(),
  )

export function typeInto(game: Controller, bytes: string): void {
  const decoder = new KeyDecoder()
  for (const key of [...decoder.feed(bytes), ...decoder.flush()]) handleKey(game, key)
}

/** Waits until the screen shows something; what it shows instead is the failure's message. */
export async function seeIn(view: View, what: RegExp, seconds = 60): Promise<string> {
  const screen = (): string => rowsOf(view).join('\n')
  const end = Date.now() + seconds * 1000
  while (Date.now() < end) {
    if (what.test(screen())) return screen()
    await new Promise((done) => setTimeout(done, 20))
  }
  throw new Error(`${what} did not appear:\n${screen()}`)
}
