import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { docs } from '../../src/serve/lessons.ts'
import { textOf } from '../../src/ui/lessons/page.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'docs-'))
  for (const [name, text] of Object.entries({
    'en/zones.md':
      '---\nid: zones\ntitle: Zones\nkeywords: [topology]\n---\nSpread them.\n\n```sh\nkubectl get nodes\n```\n',
    'fr/zones.md': '---\nid: zones\ntitle: Zones\n---\nRépartissez.\n',
    'en/alone.md': '---\nid: alone\ntitle: Alone\n---\nWithout a translation.\n',
    'en/named.md': '---\nid: other\ntitle: Named\n---\n',
    'en/bare.md': 'no front matter',
  })) {
    mkdirSync(join(folder, name.slice(0, 2)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('reference pages', () => {
  test('are read in the order of their titles; broken ones say where, and harm no other', () => {
    expect(
      docs('en', folder).map(({ id, lesson, error }) => lesson?.title ?? `${id}: ${error?.slice(folder.length)}`),
    ).toEqual([
      'Alone',
      'Zones',
      'bare: /en/bare.md:1:1: there is no front matter (begin with ---, then id: and title:)',
      'named: /en/named.md:2:1: id: the file is called named.md',
    ])
  })

  test('are found by their keywords and what stands in them', () => {
    const [, zones] = docs('en', folder)
    expect(textOf(zones.lesson!)).toBe('Zones\ntopology\nSpread them.\nkubectl get nodes')
  })

  test('a page that is missing in a language is told as broken there', () => {
    expect(docs('fr', folder).map(({ id, lesson }) => [id, lesson !== undefined])).toEqual([
      ['zones', true],
      ['alone', false],
      ['bare', false],
      ['named', false],
    ])
  })

  test('the package’s are all readable, in both languages', () => {
    for (const language of ['en', 'fr'] as const) {
      const all = docs(language)
      expect(all.length).toBeGreaterThan(0)
      expect(all.flatMap(({ error }) => error ?? [])).toEqual([])
    }
  })
})
