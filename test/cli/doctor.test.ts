import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { doctor } from '../../src/cli/doctor.ts'
import { cliText } from '../../src/cli/text.ts'

vi.mock('../../src/serve/missions.ts', () => ({
  missionFiles: async () => [
    { file: 'a.yaml', card: {} },
    { file: 'b.yaml', error: 'b.yaml:1:1: it is empty' },
  ],
}))

const saved = { ...process.env }
afterEach(() => {
  process.env = { ...saved }
  vi.restoreAllMocks()
})

async function told(language: 'en' | 'fr'): Promise<{ lines: string[]; status: number }> {
  let out = ''
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += text
    return true
  })
  const status = await doctor({ language, text: cliText(language), args: [], options: {} })
  vi.restoreAllMocks()
  return { lines: out.trimEnd().split('\n'), status }
}

test('what is wrong here is told, and where things are kept', async () => {
  process.env.XDG_CONFIG_HOME = join(tmpdir(), 'not', 'yet', 'there')
  process.env.XDG_STATE_HOME = '/proc/nowhere'
  const { lines, status } = await told('en')
  expect(lines).toEqual([
    `✓ Node.js version: ${process.versions.node}`,
    '✗ terminal: standard input and output are not a terminal',
    `✓ settings: ${join(tmpdir(), 'not/yet/there/notready').replace(homedir(), '~')}`,
    '✗ progress and saved missions: /proc/nowhere/notready: nothing can be kept there (ENOENT)',
    '✗ missions: 2, 1 broken: b.yaml:1:1: it is empty',
  ])
  expect(status).toBe(1)
  expect((await told('fr')).lines.filter((line) => line.startsWith('✗'))).toEqual([
    '✗ terminal\u00a0: l’entrée et la sortie standard ne sont pas un terminal',
    '✗ progrès et missions en cours\u00a0: /proc/nowhere/notready\u00a0: rien ne peut y être conservé (ENOENT)',
    '✗ missions\u00a0: 2, 1 en erreur\u00a0: b.yaml:1:1: it is empty',
  ])
})
