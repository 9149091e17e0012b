import type { Mission } from '../game/index.ts'
import type { Text } from '../scenario/language.ts'
import type { UiText } from './text.ts'

/** What must stay true and does not; or that it cannot be seen, when no API server answers. */
export function keptLines(mission: Mission, t: UiText, say: (text: Text) => string): string[] {
  const { verdict, scenario } = mission
  if (!verdict || verdict.kept.every(Boolean)) return []
  if (!verdict.inSight) return [t.keptUnseen]
  return (scenario.keep ?? []).flatMap((k, i) => (verdict.kept[i] ? [] : [`✗ ${say(k.say)} — ${t.keptBroken}`]))
}
