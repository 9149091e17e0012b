import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseDocument } from 'yaml'
import { clusterPlan, World } from '../../src/cluster/index.ts'
import { blocksOf } from '../../src/scenario/lesson/blocks.ts'
import { workloads } from '../../src/serve/scenarios.ts'

const folder = (language: string): string => join(import.meta.dirname, '../../content/docs', language)
const idsOf = (language: string): string[] => readdirSync(folder(language)).sort()

function page(language: string, file: string) {
  const text = readFileSync(join(folder(language), file), 'utf8')
  const [, front, body] = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(text) ?? []
  const blocks = blocksOf(body)
  return {
    head: parseDocument(front).toJS(),
    blocks,
    fences: blocks.flatMap((b) => (b.kind === 'fence' ? [{ language: b.language, text: b.text }] : [])),
  }
}

/** What must agree between languages: the kinds of blocks and their sizes. */
const shape = ({ blocks }: ReturnType<typeof page>): string[] =>
  blocks.map((b) =>
    b.kind === 'list' ? `list ${b.items.length}` : b.kind === 'table' ? `table ${b.rows.length}` : b.kind,
  )

const files = idsOf('en')

test('the reference has the same pages in both languages', () => {
  expect(files.length).toBeGreaterThanOrEqual(20)
  expect(idsOf('fr')).toEqual(files)
})

describe.each(files)('%s', (file) => {
  const [en, fr] = [page('en', file), page('fr', file)]

  test('says the same in both languages', () => {
    expect([en.head.id, fr.head.id]).toEqual([file.replace(/\.md$/, ''), file.replace(/\.md$/, '')])
    expect(en.head.keywords.length).toBeGreaterThan(2)
    expect(fr.head.keywords.length).toBe(en.head.keywords.length)
    expect(fr.fences).toEqual(en.fences)
    expect(shape(fr)).toEqual(shape(en))
  })

  test('fits into the width of a page', () => {
    expect(en.fences.flatMap(({ text }) => text.split('\n').filter((line) => line.length > 74))).toEqual([])
  })
})

test('the API server takes every manifest of the reference', () => {
  const world = new World(clusterPlan('single')!, 1)
  world.advance(120_000)
  // These kinds come with a controller.
  world.run('kubectl apply -f -', { stdin: workloads('gateway-api') })
  world.advance(3000)
  const refused: string[] = []
  for (const file of files)
    for (const { language, text } of page('en', file).fences) {
      if (language !== 'yaml') continue
      // What later manifests need must be there.
      const dryRun = /^kind: (CustomResourceDefinition|ServiceAccount)$/m.test(text) ? '' : '--dry-run=server'
      const { exit, stderr } = world.run(`kubectl apply ${dryRun} -f -`, { stdin: text })
      if (exit !== 0 || stderr !== '') refused.push(`${file}: ${stderr}`)
      if (!dryRun) world.advance(3000)
    }
  expect(refused).toEqual([])
})
