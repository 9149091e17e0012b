import type { Command } from './cobra-command.ts'

/** Levenshtein distance, ignoring case. */
function distance(left: string, right: string): number {
  const [a, b] = [left.toLowerCase(), right.toLowerCase()]
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(next[j - 1] + 1, row[j] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)))
    row = next
  }
  return row[b.length]
}

/** Names of subcommands that resemble what was typed (cobra's SuggestionsFor with the default distance of 2). */
export function suggestions(command: Command, typed: string): string[] {
  return command.children
    .filter(
      (child) =>
        child.available &&
        child.name !== 'help' &&
        (distance(typed, child.name) <= 2 ||
          child.name.toLowerCase().startsWith(typed.toLowerCase()) ||
          child.spec.suggestFor?.some((word) => word.toLowerCase() === typed.toLowerCase())),
    )
    .map((child) => child.name)
}

/** The tail of `unknown command …`, or ''. */
export function didYouMean(command: Command, typed: string): string {
  const names = suggestions(command, typed)
  return names.length === 0 ? '' : `\n\nDid you mean this?\n${names.map((name) => `\t${name}\n`).join('')}`
}
