import { same } from '../../kinds/index.ts'

/** An operation could not be carried out (path missing, test failed). The server does not tell which. */
export class JsonPatchError extends Error {}

/** One operation of a JSON patch (RFC 6902), before it is checked. */
export interface Operation {
  readonly op?: string
  readonly path?: string
  readonly from?: string
  readonly value?: unknown
}

/** RFC 6902, changing `target` (a copy of the caller's). Models evanphx/json-patch. */
export function jsonPatch(target: any, operations: readonly Operation[]): any {
  const root = { '': target }
  for (const operation of operations) run(root, operation)
  return root['']
}

function run(root: Record<string, any>, { op, path = '', from, value }: Operation): void {
  switch (op) {
    case 'add':
      return add(root, path, value)
    case 'remove':
      return void take(root, path)
    case 'replace':
      find(root, path)
      take(root, path, false)
      return add(root, path, value, true)
    case 'move':
      return add(root, path, take(root, from ?? ''))
    case 'copy':
      return add(root, path, structuredClone(find(root, from ?? '')))
    case 'test':
      if (!same(read(root, path), value)) throw new JsonPatchError(`testing value ${path} failed`)
      return
    default:
      throw new JsonPatchError(`Unexpected kind: ${op}`)
  }
}

const decode = (token: string): string => token.replaceAll('~1', '/').replaceAll('~0', '~')

/** The container of what a pointer names, and the last step to it. */
function locate(root: Record<string, any>, path: string): { parent: any; key: string } {
  if (path !== '' && !path.startsWith('/')) throw new JsonPatchError(`invalid path ${path}`)
  const steps = path === '' ? [''] : ['', ...path.slice(1).split('/').map(decode)]
  let parent: any = root
  for (const step of steps.slice(0, -1)) {
    parent = Array.isArray(parent) || Object.hasOwn(parent, step) ? parent[step] : undefined
    if (typeof parent !== 'object' || parent === null) throw new JsonPatchError(`missing path ${path}`)
  }
  return { parent, key: steps[steps.length - 1]! }
}

function index(list: any[], key: string, inserting: boolean): number {
  if (key === '-' && inserting) return list.length
  const i = Number(key)
  const at = i < 0 ? i + list.length : i
  if (!/^-?\d+$/.test(key) || at < 0 || at > list.length || (!inserting && at === list.length)) {
    throw new JsonPatchError(`invalid index ${key}`)
  }
  return at
}

function read(root: Record<string, any>, path: string): any {
  const { parent, key } = locate(root, path)
  return Array.isArray(parent) ? parent[index(parent, key, false)] : parent[key]
}

function find(root: Record<string, any>, path: string): any {
  const { parent, key } = locate(root, path)
  if (!Array.isArray(parent) && !Object.hasOwn(parent, key)) throw new JsonPatchError(`missing value ${path}`)
  return Array.isArray(parent) ? parent[index(parent, key, false)] : parent[key]
}

function add(root: Record<string, any>, path: string, value: unknown, replacing = false): void {
  const { parent, key } = locate(root, path)
  if (!Array.isArray(parent)) parent[key] = value
  else if (replacing) parent[index(parent, key, false)] = value
  else parent.splice(index(parent, key, true), 0, value)
}

/** Removes (lists of a replacement keep their place) and returns a value. */
function take(root: Record<string, any>, path: string, cut = true): unknown {
  const value = find(root, path)
  const { parent, key } = locate(root, path)
  if (!Array.isArray(parent)) delete parent[key]
  else if (cut) parent.splice(index(parent, key, false), 1)
  return value
}
