import { same } from '../../kinds/index.ts'

/** An operation could not be carried out (path missing, test failed), in the library's words. */
export class JsonPatchError extends Error {}

/** One operation of a JSON patch (RFC 6902), before it is checked. */
export interface Operation {
  readonly op?: string
  readonly path?: string
  readonly from?: string
  readonly value?: unknown
}

/**
 * RFC 6902, changing `target` (a copy of the caller's). Objects on the way to what is changed are put into `touched`, as
 * mergePatch does. Models evanphx/json-patch.
 */
export function jsonPatch(target: any, operations: readonly Operation[], touched?: Set<object>): any {
  const root = { '': target }
  for (const operation of operations) run(root, operation, touched)
  return root['']
}

const fail = (text: string): never => {
  throw new JsonPatchError(text)
}

function run(root: Record<string, any>, { op, path = '', from, value }: Operation, touched?: Set<object>): void {
  const locate = (pointer: string | undefined) => find(root, pointer, touched)
  switch (op) {
    case 'add': {
      const place = locate(path) ?? fail(`add operation does not apply: doc is missing path: "${path}": missing value`)
      return within(`error in add for path: '${path}'`, () => add(place, value))
    }
    case 'remove': {
      const place =
        locate(path) ?? fail(`remove operation does not apply: doc is missing path: "${path}": missing value`)
      return within(`error in remove for path: '${path}'`, () => remove(place))
    }
    case 'replace': {
      const place =
        locate(path) ?? fail(`replace operation does not apply: doc is missing path: ${path}: missing value`)
      if (!holds(place)) fail(`replace operation does not apply: doc is missing key: ${path}: missing value`)
      const { parent, key } = place
      parent[Array.isArray(parent) ? index(parent, key, 0) : key] = value
      return
    }
    case 'move': {
      const source =
        locate(from) ?? fail(`move operation does not apply: doc is missing from path: ${from}: missing value`)
      const moved = within(`error in move for path: '${source.key}'`, () => {
        const found = get(source)
        remove(source)
        return found
      })
      const place =
        locate(path) ?? fail(`move operation does not apply: doc is missing destination path: ${path}: missing value`)
      return within(`error in move for path: '${path}'`, () => add(place, moved))
    }
    case 'copy': {
      const source =
        locate(from) ?? fail(`copy operation does not apply: doc is missing from path: ${from}: missing value`)
      const copied = within(`error in copy for from: '${from}'`, () => structuredClone(get(source)))
      const place =
        locate(path) ?? fail(`copy operation does not apply: doc is missing destination path: ${path}: missing value`)
      return within('error while adding value during copy', () => add(place, copied))
    }
    case 'test': {
      const place = locate(path) ?? fail(`test operation does not apply: is missing path: ${path}: missing value`)
      const found = Array.isArray(place.parent)
        ? within(`error in test for path: '${path}'`, () => get(place))
        : place.parent[place.key]
      if (!same(found, value)) fail(`testing value ${path} failed: test failed`)
      return
    }
    default:
      fail(`Unexpected kind: ${op ?? 'unknown'}`)
  }
}

/** Says of what goes wrong inside where it did. */
function within<T>(where: string, act: () => T): T {
  try {
    return act()
  } catch (error) {
    if (error instanceof JsonPatchError) throw new JsonPatchError(`${where}: ${error.message}`)
    throw error
  }
}

/** A member of an object or an item of a list, there or not. */
interface Place {
  readonly parent: any
  readonly key: string
}

const decode = (token: string): string => token.replaceAll('~1', '/').replaceAll('~0', '~')

/** What a pointer names; undefined when the way to it is not there. */
function find(root: Record<string, any>, path = '', touched?: Set<object>): Place | undefined {
  if (path !== '' && !path.startsWith('/')) return fail(`invalid path ${path}`)
  const steps = path === '' ? [''] : ['', ...path.slice(1).split('/').map(decode)]
  let parent: any = root
  for (const step of steps.slice(0, -1)) {
    parent = Array.isArray(parent) || Object.hasOwn(parent, step) ? parent[step] : undefined
    if (typeof parent !== 'object' || parent === null) return undefined
    touched?.add(parent)
  }
  return { parent, key: steps[steps.length - 1]! }
}

/** Where an item of a list is; `room` for one behind the last. */
function index(list: readonly unknown[], key: string, room: number): number {
  const i = Number(key)
  const at = i < 0 ? i + list.length : i
  if (at < 0 || at >= list.length + room) fail(`Unable to access invalid index: ${i}: invalid index referenced`)
  return at
}

const NUMBER = /^[-+]?\d+$/
const noNumber = (key: string): string => `strconv.Atoi: parsing ${JSON.stringify(key)}: invalid syntax`

function holds({ parent, key }: Place): boolean {
  if (!Array.isArray(parent)) return Object.hasOwn(parent, key)
  const i = Number(key)
  return NUMBER.test(key) && i < parent.length && i >= -parent.length
}

function get({ parent, key }: Place): unknown {
  if (Array.isArray(parent)) return NUMBER.test(key) ? parent[index(parent, key, 0)] : fail(noNumber(key))
  return Object.hasOwn(parent, key) ? parent[key] : fail(`unable to get nonexistent key: ${key}: missing value`)
}

function add({ parent, key }: Place, value: unknown): void {
  if (!Array.isArray(parent)) parent[key] = value
  else if (key === '-') parent.push(value)
  else if (NUMBER.test(key)) parent.splice(index(parent, key, 1), 0, value)
  else fail(`value was not a proper array index: '${key}': ${noNumber(key)}`)
}

function remove({ parent, key }: Place): void {
  if (Array.isArray(parent)) parent.splice(NUMBER.test(key) ? index(parent, key, 0) : fail(noNumber(key)), 1)
  else if (Object.hasOwn(parent, key)) delete parent[key]
  else fail(`Unable to remove nonexistent key: ${key}: missing value`)
}
