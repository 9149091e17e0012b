import { age as ageOf } from '../print/index.ts'
import type { Cell, CellContext, Column } from './kind.ts'
import type { KubeObject } from './object.ts'

/**
 * Columns by their names: `+Name` only with -o wide, `Name#` an integer, `Name?` a boolean.
 * Descriptions are left out: no client of ours shows them.
 */
export function columns(...names: string[]): readonly Column[] {
  return names.map((spec) => {
    const [, wide, name, mark] = /^(\+?)(.*?)([#?]?)$/.exec(spec)!
    return {
      name: name!,
      type: mark === '#' ? 'integer' : mark === '?' ? 'boolean' : 'string',
      format: name === 'Name' ? 'name' : '',
      description: '',
      priority: wide ? 1 : 0,
    }
  })
}

/** What the server shows of kinds that have no printer: CREATED AT as a date. Models rest.NewDefaultTableConvertor. */
export const defaultColumns: readonly Column[] = [
  { name: 'Name', type: 'string', format: 'name', description: '', priority: 0 },
  { name: 'Created At', type: 'date', format: '', description: '', priority: 0 },
]

/** Name and `Created At`, for kinds without columns of their own. */
export const defaultCells = (obj: KubeObject): Cell[] => [obj.metadata.name, obj.metadata.creationTimestamp ?? '']

export const ageColumns = columns('Name', 'Age')

/** Name and age. */
export const ageCells = (obj: KubeObject, ctx: CellContext): Cell[] => [obj.metadata.name, age(obj, ctx)]

/** Time since creation, or `<unknown>`. */
export const age = (obj: KubeObject, ctx: CellContext): string => ageOf(obj.metadata.creationTimestamp, ctx.now)

/** translateTimestampSince: time since an RFC 3339 time. */
export const since = (time: string | undefined | null, ctx: CellContext): string => ageOf(time, ctx.now)

export const containerColumns = ['+Containers', '+Images']

/** CONTAINERS and IMAGES of a pod template. */
export function containerCells(template: any): [string, string] {
  const containers: any[] = template?.spec?.containers ?? []
  return [containers.map((c) => c.name).join(','), containers.map((c) => c.image ?? '').join(',')]
}

/** `a,b,c + 2 more...` */
export function listWithMore(list: readonly string[], max: number, empty: string): string {
  if (list.length > max) return `${list.slice(0, max).join(',')} + ${list.length - max} more...`
  return list.join(',') || empty
}

const MODES: Readonly<Record<string, string>> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
}

/** GetAccessModesAsString: in a fixed order, without duplicates. */
export const accessModes = (modes: readonly string[] | undefined): string =>
  Object.keys(MODES)
    .filter((mode) => modes?.includes(mode))
    .map((mode) => MODES[mode])
    .join(',')
