import { type ParsedScript, type Word, walk } from './parse.ts'

/** Replaces the aliases among a source's command words. Quoted words are not aliases. */
export function expandAliases(source: string, script: ParsedScript, aliases: ReadonlyMap<string, string>): string {
  if (aliases.size === 0) return source
  const edits: { at: number; length: number; text: string }[] = []
  walk(script, (node) => {
    if (node.type !== 'Command' || !node.name) return
    let word: Word | undefined = node.name
    let rest = node.args
    // An alias that ends in a blank lets the next word be one, too.
    while (word && isBare(word) && aliases.has(word.text)) {
      const text = resolve(word.text, aliases, new Set())
      edits.push({ at: word.pos, length: word.text.length, text })
      if (!/\s$/.test(text)) return
      const following: (typeof rest)[number] | undefined = rest[0]
      rest = rest.slice(1)
      word = following?.type === 'Word' ? following : undefined
    }
  })
  // Words inside `…` with escapes refer to another text; only edits that fit this one are made.
  let out = source
  for (const edit of edits.sort((a, b) => b.at - a.at)) {
    const old = out.slice(edit.at, edit.at + edit.length)
    if (aliases.has(old)) out = out.slice(0, edit.at) + edit.text + out.slice(edit.at + edit.length)
  }
  return out
}

const isBare = (word: Word): boolean => word.parts === undefined && word.text === word.value

function resolve(name: string, aliases: ReadonlyMap<string, string>, seen: Set<string>): string {
  const value = aliases.get(name) ?? name
  seen.add(name)
  const first = /^\s*(\S+)/.exec(value)
  if (!first || seen.has(first[1]) || !aliases.has(first[1])) return value
  return resolve(first[1], aliases, seen) + value.slice(first[0].length)
}
