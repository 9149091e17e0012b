import type { Invocation } from '../main.ts'
import { missionFiles } from './missions.ts'

const TEXT = {
  en: {
    node: 'Node.js version',
    terminal: 'terminal',
    size: 'terminal size',
    small: 'small; the game wants 80×24',
    ci: 'CI is set: the game would draw nothing until its end; unset it',
    noTerminal: 'standard input and output are not a terminal',
    scenarios: 'scenarios',
    broken: 'broken',
  },
  fr: {
    node: 'version de Node.js',
    terminal: 'terminal',
    size: 'taille du terminal',
    small: 'petit ; le jeu demande 80×24',
    ci: "CI est défini : le jeu n'afficherait rien avant la fin ; retirez-le",
    noTerminal: "l'entrée et la sortie standard ne sont pas un terminal",
    scenarios: 'scénarios',
    broken: 'cassés',
  },
}

/** `notready doctor`: what might keep the game from running here. Status 1 when something does. */
export async function doctor({ language }: Invocation): Promise<number> {
  const t = TEXT[language]
  const line = (ok: boolean, what: string, detail: string): boolean => {
    process.stdout.write(`${ok ? '✓' : '✗'} ${what}: ${detail}\n`)
    return ok
  }
  const [major, minor] = process.versions.node.split('.').map(Number)
  const all = await missionFiles()
  const bad = all.filter((s) => s.error)
  const { columns = 0, rows = 0 } = process.stdout
  const results = [
    line(major > 20 || (major === 20 && minor >= 19), t.node, process.versions.node),
    process.stdout.isTTY && process.stdin.isTTY
      ? line(true, t.terminal, process.env.TERM ?? '?')
      : line(false, t.terminal, t.noTerminal),
    !process.stdout.isTTY ||
      line(
        columns >= 80 && rows >= 24,
        t.size,
        `${columns}×${rows}${columns >= 80 && rows >= 24 ? '' : ` (${t.small})`}`,
      ),
    !process.env.CI || line(false, 'CI', t.ci),
    line(
      all.length > 0 && bad.length === 0,
      t.scenarios,
      `${all.length}${bad.length > 0 ? `, ${bad.length} ${t.broken}: ${bad.map((b) => b.error).join('; ')}` : ''}`,
    ),
  ]
  return results.every(Boolean) ? 0 : 1
}
