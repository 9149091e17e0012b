import type { Scenario, Text } from '../../src/scenario/index.ts'

/** Everything that a player reads of a mission or task, with where it stands. */
function textsOf(s: Scenario): [string, Text][] {
  const each = <T>(name: string, list: readonly T[] | undefined, text: (item: T) => Text | undefined) =>
    (list ?? []).flatMap((item, i): [string, Text][] => {
      const said = text(item)
      return said === undefined ? [] : [[`${s.id} ${name}.${i}`, said]]
    })
  return [
    [`${s.id} title`, s.title],
    [`${s.id} brief`, s.brief],
    [`${s.id} debrief`, s.debrief],
    ...each('goals', s.goals, (g) => g.say),
    ...each('keep', s.keep, (k) => k.say),
    ...each('hints', s.hints, (h) => (typeof h === 'object' && 'say' in h ? h.say : h)),
    ...each('fixes', s.fixes, (f) => f.name),
    ...each('decoys', s.decoys, (d) => d.why),
    ...each('decoys names', s.decoys, (d) => d.name),
    ...each('decoys tempting', s.decoys, (d) => d.tempting),
    ...each('causes', s.causes, (c) => c.say),
  ]
}

/** A name, a number or a command says the same in every language. */
export const isWords = (text: string): boolean => /\p{L}{3,}.*\s.*\p{L}{3,}/su.test(text.replace(/`[^`]*`/g, ''))

/** Where something that is read is not there in both languages. */
export const untranslated = (scenarios: readonly Scenario[]): string[] =>
  scenarios
    .flatMap(textsOf)
    .filter(([, text]) => (typeof text === 'string' ? isWords(text) : isWords(text.en) && text.en === text.fr))
    .map(([where]) => where)
