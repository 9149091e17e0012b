/** Keys arrive as characters or as names in angle brackets: `<Esc>`, `<CR>`, `<BS>`, `<C-r>`, `<Up>`. */
export type KeyText = string

/** A command that reads the keys it needs, one a step. */
export type Reader = Read<void>

/** Something that waits for keys and returns what they mean. */
export type Read<T> = Generator<void, T, KeyText>

/** The command came to nothing: Escape, no such place. */
export class Cancel extends Error {}

const CONTROL: Record<string, string> = {
  '\r': '<CR>',
  '\n': '<CR>',
  '\x1b': '<Esc>',
  '\t': '<Tab>',
  '\x7f': '<BS>',
  '\b': '<BS>',
}

const RAW: Record<string, string> = { '<CR>': '\r', '<Esc>': '\x1b', '<Tab>': '\t', '<BS>': '\x7f' }

/** Keys as raw text: what a register keeps of a macro. */
export const joinKeys = (keys: readonly KeyText[]): string =>
  keys
    .map(
      (k) => RAW[k] ?? (/^<C-[a-z]>$/.test(k) ? String.fromCharCode(k.charCodeAt(3) - 96) : /^<\w+>$/.test(k) ? '' : k),
    )
    .join('')

/** Splits raw input into keys. */
export function splitKeys(text: string): KeyText[] {
  return [...text].map((c) => CONTROL[c] ?? (c < ' ' ? `<C-${String.fromCharCode(c.charCodeAt(0) + 96)}>` : c))
}
