import type { EditLine } from '../shell/tty/edit-line.ts'
import type { Key } from '../shell/tty/key.ts'

/** Something with a line in which is typed what is searched for. */
export interface Searching {
  readonly search: EditLine
  searching: boolean
}

/** A key while it is typed: Enter keeps it, Escape gives it up. */
export function searchKey(where: Searching, key: Key, name: string): void {
  const { search } = where
  if (name === 'escape') search.clear()
  if (name === 'escape' || name === 'enter') where.searching = false
  else if (key.name === 'paste') search.insert((key.text ?? '').replace(/\s+/g, ' '))
  else search.key(key)
}
