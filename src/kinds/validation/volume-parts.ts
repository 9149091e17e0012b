import { invalid, required } from '../errors.ts'
import type { Errors } from './checks.ts'
import { checkFieldRef, checkResourceFieldRef, VOLUME_FIELDS } from './downward-api.ts'

const FILE_MODE = 'must be a number between 0 and 0777 (octal), both inclusive'
/** Fields that must not be empty. */
export function need(errors: Errors, path: string, source: any, ...fields: string[]): void {
  for (const field of fields) {
    const value = source[field]
    if (value === undefined || value === '' || value?.length === 0) errors.push(required(`${path}.${field}`))
  }
}

/** A file's mode, 0 to 0777. */
export function checkMode(errors: Errors, path: string, mode: number | undefined): void {
  if (mode !== undefined && (mode > 0o777 || mode < 0)) errors.push(invalid(path, mode, FILE_MODE))
}

/** A key and the file it goes to. */
export function checkItem(errors: Errors, at: string, item: any): void {
  need(errors, at, item, 'key', 'path')
  checkLocalNonReserved(errors, `${at}.path`, item.path ?? '')
  checkMode(errors, `${at}.mode`, item.mode)
}

/** validateDownwardAPIVolumeFile: a field or a resource, not both. */
export function checkDownwardAPIFile(errors: Errors, path: string, file: any): void {
  need(errors, path, file, 'path')
  checkLocalNonReserved(errors, `${path}.path`, file.path ?? '')
  if (file.fieldRef) {
    checkFieldRef(errors, `${path}.fieldRef`, file.fieldRef, VOLUME_FIELDS)
    if (file.resourceFieldRef) {
      errors.push(invalid(path, 'resource', 'fieldRef and resourceFieldRef can not be specified simultaneously'))
    }
  } else if (file.resourceFieldRef) {
    checkResourceFieldRef(errors, `${path}.resourceFieldRef`, file.resourceFieldRef, true)
  } else errors.push(required(path, 'one of fieldRef and resourceFieldRef is required'))
  checkMode(errors, `${path}.mode`, file.mode)
}

/** validatePathNoBacksteps */
export function checkNoBacksteps(errors: Errors, path: string, target: string): void {
  if (target.split('/').includes('..')) errors.push(invalid(path, target, "must not contain '..'"))
}

/** validateLocalDescendingPath */
export function checkLocalDescending(errors: Errors, path: string, target: string): void {
  if (target.startsWith('/')) errors.push(invalid(path, target, 'must be a relative path'))
  checkNoBacksteps(errors, path, target)
}

/** ValidateLocalNonReservedPath */
export function checkLocalNonReserved(errors: Errors, path: string, target: string): void {
  checkLocalDescending(errors, path, target)
  if (target.startsWith('..') && !target.startsWith('../')) {
    errors.push(invalid(path, target, "must not start with '..'"))
  }
}
