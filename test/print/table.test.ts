import { expect, test } from 'vitest'
import {
  age,
  CustomColumnsPrinter,
  humanDuration,
  parseCustomColumns,
  sortByField,
  TablePrinter,
} from '../../src/print/index.ts'

const columns = [
  { name: 'Name', type: 'string', format: 'name', priority: 0 },
  { name: 'Ready', type: 'string', format: '', priority: 0 },
  { name: 'IP', type: 'string', format: '', priority: 1 },
]
const row = (name: string, ready: string) => ({
  cells: [name, ready, '10.0.0.1'],
  object: { metadata: { name, namespace: 'ns', labels: { app: name } } },
})

test('columns are three blanks apart and widths only grow', () => {
  const printer = new TablePrinter()
  expect(printer.print({ columnDefinitions: columns, rows: [row('web-1', '1/1'), row('a', '0/1')] })).toBe(
    'NAME    READY\nweb-1   1/1\na       0/1\n',
  )
  expect(printer.print({ columnDefinitions: [], rows: [row('b', '1/1')] })).toBe('b       1/1\n')
})

test('namespace, labels, kind and wide columns', () => {
  const printer = new TablePrinter({
    withNamespace: true,
    showLabels: true,
    columnLabels: ['x/app'],
    kind: 'pod',
    wide: true,
  })
  expect(printer.print({ columnDefinitions: columns, rows: [row('a', '0/1')] })).toBe(
    'NAMESPACE   NAME    READY   IP         APP   LABELS\nns          pod/a   0/1     10.0.0.1         app=a\n',
  )
})

test.each([
  [0, '0s'],
  [119_999, '119s'],
  [120_000, '2m'],
  [125_000, '2m5s'],
  [600_000, '10m'],
  [3 * 3_600_000, '3h'],
  [3 * 3_600_000 + 60_000, '3h1m'],
  [50 * 3_600_000, '2d2h'],
  [800 * 86_400_000, '2y70d'],
  [-2_000, '<invalid>'],
])('%d ms is %s', (ms, text) => expect(humanDuration(ms)).toBe(text))

test('an unset time has an unknown age', () => expect(age(undefined, 0)).toBe('<unknown>'))

test('custom columns', () => {
  const printer = new CustomColumnsPrinter(parseCustomColumns('N:metadata.name,X:.nosuch,L:.l'))
  expect(printer.print([{ metadata: { name: 'a' }, l: [1, 'b'] }])).toBe('N     X        L\na     <none>   [1 b]\n')
  expect(() => parseCustomColumns('A')).toThrow('unexpected custom-columns spec: A, expected <header>:<json-path-expr>')
})

test('sorting knows quantities, and refuses a field nobody has', () => {
  expect(sortByField([{ v: '2Gi' }, { v: '512Mi' }], '.v', (r) => r)).toEqual([{ v: '512Mi' }, { v: '2Gi' }])
  expect(() => sortByField([{ v: 1 }], '.x', (r) => r)).toThrow(
    'couldn\'t find any field with path "{.x}" in the list of objects',
  )
})
