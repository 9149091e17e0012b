import { SPEEDS, type Settings as Values } from '../game/progress.ts'
import type { UiText } from './text.ts'

/** One row a setting: its name, its values in order, and how a value is called. */
export const SETTINGS: readonly {
  readonly key: Exclude<keyof Values, 'version'>
  readonly values: readonly unknown[]
  readonly name: (t: UiText) => string
  readonly show: (value: any, t: UiText) => string
}[] = [
  {
    key: 'language',
    values: ['auto', 'en', 'fr'],
    name: (t) => t.setLanguage,
    show: (v, t) => (v === 'auto' ? t.auto : v === 'en' ? 'English' : 'Français'),
  },
  { key: 'theme', values: ['dark', 'light', 'mono'], name: (t) => t.setTheme, show: (v, t) => t.themes[v] },
  { key: 'speed', values: SPEEDS, name: (t) => t.setSpeed, show: (v) => `×${v}` },
  { key: 'screenReader', values: [false, true], name: (t) => t.setReader, show: (v, t) => (v ? t.on : t.off) },
]
