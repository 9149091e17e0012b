import { existsSync, mkdtempSync, rmdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { missionFiles } from '../serve/missions.ts'
import { configDir, stateDir } from '../serve/storage.ts'
import { frenchTexts } from '../ui/typeset.ts'
import type { Invocation } from './invocation.ts'

const TEXT = {
  en: {
    colon: ': ',
    node: 'Node.js version',
    terminal: 'terminal',
    size: 'terminal size',
    small: 'small; the game wants 80×24',
    dumb: 'can only show lines of text, so the game does what --screen-reader does',
    colourless: 'without colours, because NO_COLOR is set',
    noTerminal: 'standard input and output are not a terminal',
    settings: 'settings',
    saves: 'progress and saved missions',
    unwritable: 'nothing can be kept there',
    scenarios: 'missions',
    broken: 'broken',
  },
  fr: frenchTexts({
    colon: ' : ',
    node: 'version de Node.js',
    terminal: 'terminal',
    size: 'taille du terminal',
    small: 'petit ; le jeu demande 80×24',
    dumb: "n'affiche que des lignes de texte : le jeu fait comme avec --screen-reader",
    colourless: 'sans couleurs, car NO_COLOR est défini',
    noTerminal: "l'entrée et la sortie standard ne sont pas un terminal",
    settings: 'réglages',
    saves: 'progrès et missions en cours',
    unwritable: 'rien ne peut y être conservé',
    scenarios: 'missions',
    broken: 'en erreur',
  }),
}

/** Whether a directory that may not be there yet can be written to. */
function keeps(
  what: string,
  dir: string,
  { colon, unwritable }: (typeof TEXT)['en'],
): [ok: boolean, what: string, detail: string] {
  const shown = dir.replace(homedir(), '~')
  let there = dir
  while (!existsSync(there)) there = dirname(there)
  try {
    rmdirSync(mkdtempSync(join(there, '.notready-')))
    return [true, what, shown]
  } catch (error) {
    return [false, what, `${shown}${colon}${unwritable} (${(error as NodeJS.ErrnoException).code})`]
  }
}

/** `notready doctor`: what might keep the game from running here. Status 1 when something does. */
export async function doctor({ language }: Invocation): Promise<number> {
  const t = TEXT[language]
  const line = (ok: boolean, what: string, detail: string): boolean => {
    process.stdout.write(`${ok ? '✓' : '✗'} ${what}${t.colon}${detail}\n`)
    return ok
  }
  const [major, minor] = process.versions.node.split('.').map(Number)
  const all = await missionFiles()
  const bad = all.filter((s) => s.error)
  const { columns = 0, rows = 0 } = process.stdout
  const { TERM = '?', NO_COLOR } = process.env
  const results = [
    line(major > 20 || (major === 20 && minor >= 19), t.node, process.versions.node),
    process.stdout.isTTY && process.stdin.isTTY
      ? line(true, t.terminal, [TERM, ...(TERM === 'dumb' ? [t.dumb] : NO_COLOR ? [t.colourless] : [])].join(', '))
      : line(false, t.terminal, t.noTerminal),
    !process.stdout.isTTY ||
      line(
        columns >= 80 && rows >= 24,
        t.size,
        `${columns}×${rows}${columns >= 80 && rows >= 24 ? '' : ` (${t.small})`}`,
      ),
    line(...keeps(t.settings, configDir(), t)),
    line(...keeps(t.saves, stateDir(), t)),
    line(
      all.length > 0 && bad.length === 0,
      t.scenarios,
      `${all.length}${bad.length > 0 ? `, ${bad.length} ${t.broken}${t.colon}${bad.map((b) => b.error).join('; ')}` : ''}`,
    ),
  ]
  return results.every(Boolean) ? 0 : 1
}
