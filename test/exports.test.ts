import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')

const sources = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => join(root, folder, name))

const texts = new Map([...sources('src'), ...sources('test')].map((path) => [path, readFileSync(path, 'utf8')]))

/** `import { a, type B as C } from './x.ts'`, `export { a } from './x.ts'`; whole modules: `* as`, `import('./x.ts')`. */
const NAMED = /(?:import|export)\s+(?:type\s+)?(?:\w+,\s*)?\{([^}]*)\}\s*from\s+'(\.[^']+)'/g
const WHOLE = /(?:import|export)\s+(?:type\s+)?\*[^'{]*from\s+'(\.[^']+)'|import\(\s*'(\.[^']+)'/g

/** What other files take from each file: names, or `*`. */
const taken = new Map<string, Set<string>>()
for (const [path, text] of texts) {
  const note = (target: string, name: string): void => {
    const file = join(dirname(path), target)
    if (!taken.has(file)) taken.set(file, new Set())
    taken.get(file)!.add(name)
  }
  for (const [, names, target] of text.matchAll(NAMED))
    for (const name of names.split(','))
      note(
        target,
        name
          .trim()
          .replace(/^type /, '')
          .split(' as ')[0],
      )
  for (const [, from, called] of text.matchAll(WHOLE)) note(from ?? called, '*')
}

interface Export {
  readonly place: string
  readonly name: string
  /** A function, type or class. Constants say by their type what they are: a command, a kind, a page. */
  readonly speaks: boolean
  readonly documented: boolean
  readonly used: boolean
}

const EXPORT = /^export (?:abstract )?(const|function\*?|class|interface|type|enum) (\w+)/gm
const FUNCTION_VALUE = /^(?:: [^\n]*?)? =\s*(?:<[^\n]*?>\s*)?(?:\(|\w+ =>)/

const exportsOf = (path: string, text: string): Export[] =>
  [...text.matchAll(EXPORT)].map(({ 0: head, 1: keyword, 2: name, index }) => ({
    place: `${relative(root, path)}:${text.slice(0, index).split('\n').length}`,
    name,
    speaks: keyword !== 'const' || FUNCTION_VALUE.test(text.slice(index + head.length)),
    documented: /\*\/\n(?:\/\/[^\n]*\n)*$/.test(text.slice(0, index)),
    used: taken.get(path)?.has(name) || taken.get(path)?.has('*') || false,
  }))

const all = [...texts]
  .filter(([path]) => path.startsWith(join(root, 'src/')))
  .flatMap(([path, text]) => exportsOf(path, text))
const named = (list: readonly Export[]): string[] => list.map(({ place, name }) => `${place} ${name}`)

describe('exports', () => {
  test('the patterns see the code as it is written', () => {
    expect(all.filter(({ speaks, used }) => speaks && used).length).toBeGreaterThan(1500)
  })

  test('a function, type or class that other files use says above it what it means', () => {
    expect(named(all.filter(({ speaks, documented }) => speaks && !documented))).toEqual([])
  })

  test('what no other file uses is not exported', () => {
    expect(named(all.filter(({ used }) => !used))).toEqual([])
  })
})
