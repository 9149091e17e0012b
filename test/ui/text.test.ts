import { describe, expect, test } from 'vitest'
import { cliText } from '../../src/cli/text.ts'
import { SKILLS } from '../../src/scenario/curriculum.ts'
import { docsText } from '../../src/ui/docs/text.ts'
import { goOnKeys } from '../../src/ui/drill/after.ts'
import { skillName } from '../../src/ui/drill/page.ts'
import { drillText } from '../../src/ui/drill/text.ts'
import { examText } from '../../src/ui/exam/text.ts'
import { lessonText } from '../../src/ui/lessons/text.ts'
import { uiText } from '../../src/ui/text.ts'

/** Every text with its path; functions are asked with plain arguments. */
function texts(value: unknown, path = ''): [string, string][] {
  if (typeof value === 'string') return path.startsWith('.helpText') && value === '' ? [[path, '-']] : [[path, value]]
  if (typeof value === 'function') return [[path, String(value('1', '2', '3'))]]
  return Object.entries(value as object).flatMap(([key, inner]) => texts(inner, `${path}.${key}`))
}

describe.each([
  ['lessons', lessonText('en'), lessonText('fr')],
  ['drill', drillText('en'), drillText('fr')],
  ['exam', examText('en'), examText('fr')],
  ['reference', docsText('en'), docsText('fr')],
  ['screens', uiText('en'), uiText('fr')],
  ['command line', cliText('en'), cliText('fr')],
])('%s', (_name, en, fr) => {
  test('English and French have the same texts, and none is empty', () => {
    const [english, french] = [texts(en), texts(fr)]
    expect(french.map(([path]) => path)).toEqual(english.map(([path]) => path))
    expect([...english, ...french].filter(([, text]) => text.trim() === '')).toEqual([])
  })
})

test('the keys at the foot fit into 80 columns', () => {
  for (const t of [uiText('en'), uiText('fr')])
    for (const keys of [
      t.menuKeys,
      t.searchKeys,
      t.playKeys,
      t.prefixKeys,
      t.sandboxKeys,
      t.recordKeys,
      t.repairKeys,
      t.settingsKeys,
      t.briefingKeys,
      t.briefingResumeKeys,
      t.debriefKeys,
      t.debriefLessonKeys,
    ])
      expect(keys.length).toBeLessThanOrEqual(79)
  for (const t of [drillText('en'), drillText('fr')])
    for (const keys of [t.pageKeys, t.leaveKeys, t.reflexLeaveKeys, t.lastKeys, t.lastReadKeys])
      expect(keys.length).toBeLessThanOrEqual(79)
  for (const language of ['en', 'fr'] as const)
    for (const skill of SKILLS) {
      const keys = goOnKeys(skillName(skill, language), 80, (name) => drillText(language).afterKeys(name, 12, true))
      expect(keys.length).toBeLessThanOrEqual(79)
      expect(keys).toMatch(/· (Esc stop|Échap arrêter)$/)
    }
  for (const t of [examText('en'), examText('fr')])
    for (const keys of [
      t.rulesKeys,
      t.leftKeys,
      t.keys,
      t.practiceKeysShort,
      t.prefixKeys,
      t.textKeys,
      t.listKeys,
      t.endingKeys,
      t.endingPracticeKeys,
      t.resultKeys,
      t.solutionKeys,
      t.historyKeys,
    ])
      expect(keys.length).toBeLessThanOrEqual(79)
  for (const t of [docsText('en'), docsText('fr')])
    for (const keys of [t.tableKeys, t.pageKeysShort]) expect(keys.length).toBeLessThanOrEqual(79)
  for (const t of [lessonText('en'), lessonText('fr')])
    for (const keys of [t.tableKeys, t.pageKeysShort, t.contentsKeys, t.searchKeys])
      expect(keys.length).toBeLessThanOrEqual(79)
})
