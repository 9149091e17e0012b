import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, test } from 'vitest'

/** Rows in the order of the architecture: a folder imports only from its own and from rows above. */
const ROWS = [
  'kernel',
  'print host pki etcd',
  'kinds',
  'api',
  'controllers scheduler',
  'programs',
  'shell',
  'commands',
  'cluster',
  'scenario',
  'game',
  'serve',
  'ui',
  'cli',
  'main.ts',
].map((row) => row.split(' '))

const src = join(import.meta.dirname, '../src')
const files = (dir: string): string[] =>
  readdirSync(dir).flatMap((name) => {
    const path = join(dir, name)
    return statSync(path).isDirectory() ? files(path) : /\.tsx?$/.test(name) ? [path] : []
  })

const folderOf = (path: string): string => relative(src, path).split('/')[0]
const rowOf = (folder: string): number => ROWS.findIndex((row) => row.includes(folder))

const IMPORT = /(?:from\s+|import\s+|import\(\s*)'(\.[^']+)'/g
/** An import or export from another file: `type` of the whole, its names, the file. Types make no circle at run time. */
const STATEMENT = /^(?:import|export) (type )?((?:[^'{;]*\{[^}]*\}|[^'{;]*)) from '(\.[^']+)'/gm
const isType = (name: string): boolean => /^\s*\{?\s*(?:type\s|\}?\s*$)/.test(name)

describe('layering', () => {
  test('a folder imports only from rows above', () => {
    const wrong: string[] = []
    for (const file of files(src)) {
      const from = folderOf(file)
      for (const [, target] of readFileSync(file, 'utf8').matchAll(IMPORT)) {
        const to = folderOf(join(dirname(file), target))
        if (to === from || rowOf(to) < rowOf(from)) continue
        wrong.push(`${relative(src, file)} imports ${target}`)
      }
    }
    expect(wrong).toEqual([])
  })

  test('files do not import each other in circles; only the shell language is that recursive', () => {
    const imports = new Map(
      files(src).map((file) => {
        const statements = readFileSync(file, 'utf8').matchAll(STATEMENT)
        const values = [...statements].filter(([, type, names]) => !type && !names.split(',').every(isType))
        return [file, values.map(([, , , target]) => join(dirname(file), target))]
      }),
    )
    const circles: string[] = []
    const done = new Set<string>()
    const walk = (file: string, way: readonly string[]): void => {
      if (way.includes(file)) {
        const circle = [...way.slice(way.indexOf(file)), file].map((f) => relative(src, f))
        if (!circle.every((f) => f.startsWith('shell/bash/'))) circles.push(circle.join(' → '))
      }
      if (done.has(file)) return
      done.add(file)
      for (const target of imports.get(file) ?? []) walk(target, [...way, file])
    }
    for (const file of imports.keys()) walk(file, [])
    expect(circles).toEqual([])
  })

  test('nothing below serve knows real time, chance or the machine', () => {
    const banned =
      /\b(?:Date\.now\(|new Date\(\)|Math\.random\(|setTimeout\(|setInterval\(|setImmediate\(|async function|await )/
    const wrong: string[] = []
    for (const file of files(src)) {
      const folder = folderOf(file)
      if (['serve', 'ui', 'cli', 'main.ts'].includes(folder)) continue
      const text = readFileSync(file, 'utf8')
      text.split('\n').forEach((line, i) => {
        if (
          banned.test(line) &&
          !/^\s*(?:\*|\/\/|\/\*)/.test(line) &&
          !/['"`].*(?:await |setTimeout|Date\.now).*['"`]/.test(line)
        )
          wrong.push(`${relative(src, file)}:${i + 1}: ${line.trim()}`)
      })
      for (const [, name] of text.matchAll(/from 'node:([^']+)'/g))
        if (!(folder === 'pki' && name === 'crypto')) wrong.push(`${relative(src, file)} imports node:${name}`)
    }
    expect(wrong).toEqual([])
  })
})
