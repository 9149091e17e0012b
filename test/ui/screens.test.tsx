import { render } from 'ink-testing-library'
import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { type MissionFile, missionFiles } from '../../src/serve/missions.ts'
import { App } from '../../src/ui/app.tsx'
import { ControllerContext } from '../../src/ui/context.ts'
import { Controller } from '../../src/ui/controller.ts'
import { KeyDecoder } from '../../src/ui/keyboard.ts'
import { handleKey } from '../../src/ui/keys.ts'
import { ownHome } from './home.ts'

// Nothing is played here: the simulator need not be loaded behind a briefing.
vi.mock('../../src/ui/engine.ts', () => ({ findScenario: () => undefined }))

ownHome()

let missions: MissionFile[]
beforeAll(async () => {
  missions = await missionFiles()
})

let game: Controller
let frame: () => string

/** Opens the game in a window and types. */
function open(language: 'en' | 'fr', columns = 80, rows = 23): void {
  game = new Controller(language, missions)
  game.resize(columns, rows)
  const app = render(
    <ControllerContext.Provider value={game}>
      <App />
    </ControllerContext.Provider>,
  )
  // French spaces before : ; ? ! are told apart in typeset.test.ts.
  frame = () =>
    app
      .lastFrame()!
      .replace(/\x1b\[[0-9;]*m/g, '')
      .replaceAll('\u00a0', ' ')
}

function type(bytes: string): Promise<void> {
  const decoder = new KeyDecoder()
  for (const key of [...decoder.feed(bytes), ...decoder.flush()]) handleKey(game, key)
  // React draws later than the keys act.
  return new Promise((done) => setTimeout(done, 60))
}

beforeEach(() => open('en'))

const DOWN = '\x1b[B'

test('what is recorded says what is to be done, and that a draft is written when it is left', async () => {
  open('fr')
  game.recording = { repairing: false, broken() {} } as never
  game.session = { world: { now: () => 0 }, tty: {} } as never
  for (const event of [{ type: 'sandbox' }, { type: 'ready' }] as const) game.send(event)
  await type('\x1b[21~')
  const lines = frame().split('\n')
  expect(lines[0]).toMatch(/^ Enregistrement : cassez /)
  expect(lines.slice(2, 5)).toEqual([
    '  Écrire l’ébauche ?',
    '',
    '  Ce que vous avez fait devient l’ébauche d’une mission, et le bac à sable se',
  ])
})

describe('menu', () => {
  test('lists the missions by domain', () => {
    const lines = frame().split('\n')
    expect(lines[0]).toEqual(
      expect.stringMatching(/^ NotReady — Repair broken Kubernetes clusters +Missions: 0\/\d+ ✓$/),
    )
    expect(lines).toContain('Troubleshooting')
    expect(lines.some((l) => /^[ ▸] {3}The quiet nodes +●●○○○ {2}15 min$/.test(l))).toBe(true)
    expect(lines.at(-1)).toBe(' ↵ open · / find · l learn · d drill · e exam · s settings · x sandbox · q quit')
  })

  test('in French; accents and ligatures need not be typed', async () => {
    open('fr')
    await type('/noeuds')
    expect(frame()).toMatch(/▸ {3}Les nœuds silencieux/)
    await type('\x1b')
    expect(frame()).toContain('Dépannage\n')
    expect(frame()).toMatch(/Les nœuds silencieux +●●○○○ {2}15 min/)
    expect(frame()).toContain(' ↵ voir · / filtre · l leçons · d exercer · e examen · s options · x bac · q fin')
  })

  test('typed-ahead keys are not lost: search, choose, open', async () => {
    await type('/quiex\x7ft nodes\r\r')
    expect(frame()).toContain(' Briefing: The quiet nodes')
    await type('\x1b')
    expect(frame().split('\n').slice(1, 4)).toEqual([
      ' Search: quiet nodes',
      'Troubleshooting',
      expect.stringMatching(/^▸ {3}The quiet nodes +●●○○○ {2}15 min$/),
    ])
    await type('/ and nothing else')
    expect(frame()).toContain(' No mission matches.')
    // Letters are typed now; they open nothing.
    expect(frame()).toContain(' ↑↓ choose · Enter keep it · Esc all missions')
  })

  test('settings change the language of the next frame', async () => {
    game = new Controller(undefined)
    open('en')
    await type('s')
    expect(frame().split('\n').slice(2, 6)).toEqual([
      '  ▸ Language                 ‹ from the system ›',
      '    Theme                    ‹ dark ›',
      '    Speed of time            ‹ ×1 ›',
      '    Screen-reader mode       ‹ off ›',
    ])
    await type(`${DOWN}\x1b[C`)
    expect(frame()).toContain(' ▸ Theme                    ‹ light ›')
    expect(game.settings.theme).toBe('light')
  })
})

describe('briefing', () => {
  test('says what is wrong, what is wanted, and how long it may take', async () => {
    await type('/quiet nodes\r\r')
    expect(
      frame()
        .split('\n')
        .map((l) => l.trimEnd()),
    ).toEqual([
      ' Briefing: The quiet nodes                                Troubleshooting ●●○○○',
      '',
      '  Night shift, 09:00. The dashboard shows one healthy worker after the other',
      '  turning grey. The shop still answers, but nobody knows for how long: its',
      '  pods are being thrown out, and there is nowhere left for them to go.',
      '',
      "  All three workers were in yesterday's maintenance window, each with a",
      '  different colleague. All three say that they "changed nothing that matters".',
      '  Bring the workers back, and keep them back after a reboot.',
      '',
      '  Objectives',
      '    ○ Every node is Ready',
      '    ○ The shop has all its replicas',
      '    ○ The node agents start by themselves after a reboot',
      '',
      '  Must stay true',
      '    · The nodes are the same nodes',
      '',
      '  Time allowed for full marks: 15 minutes',
      '',
      '',
      '',
      ' Enter start · Esc back',
    ])
  })

  test('says first that the mission which was left would end', async () => {
    game.saved = { scenario: 'ghost-town', seed: 0 }
    await type(`/quiet nodes\r${DOWN}\r`)
    expect(frame().split('\n').slice(2, 4)).toEqual(['  To start ends the mission you left: Ghost town', ''])
    await type('\x1b')
    game.saved = { scenario: 'quiet-nodes', seed: 0 }
    await type('\r')
    expect(frame()).toMatch(/^ {2}Night shift, 09:00\./m)
    expect(frame()).not.toContain('To start ends')
  })

  test('in French, in a low window it scrolls to its end', async () => {
    open('fr', 60, 12)
    await type('/silencieux\r\r')
    expect(frame()).toContain(' Situation : Les nœuds silencieux')
    expect(frame()).toMatch(/↓ \d+ lignes plus bas/)
    await type(DOWN.repeat(100))
    expect(frame()).toContain('Temps accordé pour la note maximale : 15 minutes')
    await type('\x1b[A'.repeat(3))
    expect(frame()).toMatch(/↓ \d lignes plus bas/)
  })
})

test('a window that is too small says so', () => {
  open('en', 20, 4)
  expect(
    frame()
      .split('\n')
      .map((l) => l.trim())
      .join(' ')
      .trim(),
  ).toBe('The window has 20×4. Please make it at least 40×10.')
})

test('what cannot be kept is told in the player’s words', async () => {
  const { XDG_CONFIG_HOME } = process.env
  process.env.XDG_CONFIG_HOME = '/proc/nowhere'
  try {
    open('fr')
    await type('s\x1b[C')
    expect(frame().split('\n').slice(2, 9)).toEqual([
      '  ▸ Language                 ‹ English ›',
      '    Theme                    ‹ dark ›',
      '    Speed of time            ‹ ×1 ›',
      '    Screen-reader mode       ‹ off ›',
      '',
      '  Problem: nothing is kept, no such directory',
      '  (/proc/nowhere/notready/settings.json)',
    ])
    expect(game.unsaved).toBe(false)
  } finally {
    process.env.XDG_CONFIG_HOME = XDG_CONFIG_HOME
  }
})
