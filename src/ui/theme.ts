import type { Settings } from '../game/index.ts'

/** Colours by meaning; undefined leaves the terminal's own. */
export interface Theme {
  readonly accent: string | undefined
  readonly good: string | undefined
  readonly bad: string | undefined
  readonly warn: string | undefined
  readonly dim: string | undefined
  readonly bar: string | undefined
  readonly barText: string | undefined
}

const THEMES: Record<Settings['theme'], Theme> = {
  dark: { accent: 'cyan', good: 'green', bad: 'red', warn: 'yellow', dim: 'gray', bar: 'blue', barText: 'white' },
  light: { accent: 'blue', good: 'green', bad: 'red', warn: 'magenta', dim: 'gray', bar: 'cyan', barText: 'black' },
  mono: {
    accent: undefined,
    good: undefined,
    bad: undefined,
    warn: undefined,
    dim: undefined,
    bar: undefined,
    barText: undefined,
  },
}

/** The theme's colours. */
export const themeOf = (name: Settings['theme']): Theme => THEMES[name]
