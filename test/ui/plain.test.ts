import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createWorld } from '../../src/cluster/index.ts'
import { type MissionFile, missionFiles } from '../../src/serve/missions.ts'
import { Controller } from '../../src/ui/controller.ts'
import { KeyDecoder } from '../../src/ui/keyboard.ts'
import { handleKey } from '../../src/ui/keys.ts'
import { PlainView } from '../../src/ui/plain.ts'

const saved = { ...process.env }
let home: string
let missions: MissionFile[]
beforeAll(async () => {
  missions = await missionFiles()
  home = mkdtempSync(join(tmpdir(), 'notready-'))
  process.env.XDG_STATE_HOME = process.env.XDG_CONFIG_HOME = home
})
afterAll(() => {
  process.env = { ...saved }
  rmSync(home, { recursive: true, force: true })
})

/** The game as a screen reader gets it: what each key press appended. */
function reader(): { game: Controller; type: (bytes: string) => string } {
  const game = new Controller('en', missions)
  let told = ''
  new PlainView(game, (text) => {
    told += text
  })
  const type = (bytes: string): string => {
    told = ''
    const decoder = new KeyDecoder()
    for (const key of [...decoder.feed(bytes), ...decoder.flush()]) handleKey(game, key)
    return told
  }
  return { game, type }
}

describe('screen-reader mode', () => {
  test('the menu tells one entry at a time', () => {
    const { type } = reader()
    expect(type('/')).toMatch(/^Search: \. 1\/\d+: /)
    expect(type('quiet')).toContain('Search: quiet. 1/1: The quiet nodes, Troubleshooting, difficulty 2/5, 15 min\n')
    expect(type('\r\r').split('\n')).toContain('The quiet nodes')
  })

  test('settings tell what changed', () => {
    const { type } = reader()
    expect(type('s')).toBe('Settings\n↑↓ choose · ←→ change · Esc back\nLanguage: from the system\n')
    expect(type('\x1b[B')).toBe('Theme: dark\n')
    expect(type('\x1b[C')).toBe('Theme: light\n')
  })

  test('typing adds what was typed, a command its output, and nothing draws over', async () => {
    const { game, type } = reader()
    await game.enter(createWorld(), undefined)
    try {
      expect(type('echo \x1b[D\x1b[C')).toContain('echo ')
      expect(type('hi')).toBe('hi')
      expect(type('\r')).toBe('\nhi\nroot@controlplane:~# ')
      // F6, Ctrl-O, F9: what a bar, a foot and a sheet would show.
      expect(type('\x1b[17~')).toContain('Speed of time: ×2\n')
      expect(type('\x0f')).toContain('h:help ')
      expect(type('o')).toContain('Settings\n↑↓ choose · ←→ change · Esc back\nLanguage: from the system\n')
      expect(type('\x1b')).toBe('root@controlplane:~# ')
    } finally {
      game.leave()
    }
  })
})
