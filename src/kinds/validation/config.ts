import { utf8Length } from '../../kernel/index.ts'
import { type FieldError, forbidden, invalid, required, tooLong } from '../errors.ts'
import { IMMUTABLE, isConfigKey } from '../names.ts'
import type { KubeObject } from '../object.ts'
import { same } from '../same.ts'
import { addInvalid, type Errors } from './checks.ts'

const MAX_SIZE = 1024 * 1024

/** Bytes behind base64. */
const decodedSize = (text: string): number => Math.floor((text.replace(/=+$/, '').length * 3) / 4)

/** ValidateConfigMap (pkg/apis/core/validation): 1 MiB at most. */
export function validateConfigMap(obj: KubeObject): FieldError[] {
  const errors: Errors = []
  const { data = {}, binaryData = {} } = obj
  let total = 0
  for (const key in data) {
    addInvalid(errors, `data[${key}]`, key, isConfigKey(key))
    if (key in binaryData) errors.push(invalid(`data[${key}]`, key, 'duplicate of key present in binaryData'))
    total += utf8Length(data[key])
  }
  for (const key in binaryData) {
    addInvalid(errors, `binaryData[${key}]`, key, isConfigKey(key))
    total += decodedSize(binaryData[key])
  }
  if (total > MAX_SIZE) errors.push(tooLong('', MAX_SIZE))
  return errors
}

const FROZEN = 'field is immutable when `immutable` is set'

function checkFrozen(errors: Errors, next: KubeObject, old: KubeObject, fields: readonly string[]): void {
  if (!old.immutable) return
  if (!next.immutable) errors.push(forbidden('immutable', FROZEN))
  for (const field of fields) if (!same(next[field], old[field])) errors.push(forbidden(field, FROZEN))
}

/** ValidateConfigMapUpdate: an immutable one stays as it is. */
export function validateConfigMapUpdate(next: KubeObject, old: KubeObject): FieldError[] {
  const errors: Errors = []
  checkFrozen(errors, next, old, ['data', 'binaryData'])
  return errors.concat(validateConfigMap(next))
}

/** ValidateSecret: 1 MiB at most, and what its type asks for. */
export function validateSecret(obj: KubeObject): FieldError[] {
  const errors: Errors = []
  const data: Record<string, string> = obj.data ?? {}
  let total = 0
  for (const key in data) {
    addInvalid(errors, `data[${key}]`, key, isConfigKey(key))
    total += decodedSize(data[key]!)
  }
  if (total > MAX_SIZE) errors.push(tooLong('data', MAX_SIZE))
  const needs = (key: string): void => {
    if (data[key] === undefined) errors.push(required(`data[${key}]`))
  }
  switch (obj.type) {
    case 'kubernetes.io/service-account-token': {
      const annotation = 'kubernetes.io/service-account.name'
      if (!obj.metadata.annotations?.[annotation]) errors.push(required(`metadata.annotations[${annotation}]`))
      break
    }
    case 'kubernetes.io/dockercfg':
      checkJson(errors, data, '.dockercfg')
      break
    case 'kubernetes.io/dockerconfigjson':
      checkJson(errors, data, '.dockerconfigjson')
      break
    case 'kubernetes.io/basic-auth':
      if (data.username === undefined && data.password === undefined) {
        needs('username')
        needs('password')
      }
      break
    case 'kubernetes.io/ssh-auth':
      if (!data['ssh-privatekey']) errors.push(required('data[ssh-privatekey]'))
      break
    case 'kubernetes.io/tls':
      needs('tls.crt')
      needs('tls.key')
  }
  return errors
}

function checkJson(errors: Errors, data: Record<string, string>, key: string): void {
  if (data[key] === undefined) {
    errors.push(required(`data[${key}]`))
    return
  }
  const text = atob(data[key])
  try {
    JSON.parse(text)
  } catch {
    const first = text.trim()[0]
    const problem = first
      ? `invalid character '${first}' looking for beginning of value`
      : 'unexpected end of JSON input'
    errors.push(invalid(`data[${key}]`, '<secret contents redacted>', problem))
  }
}

/** ValidateSecretUpdate: the type stays, and an immutable one as it is. */
export function validateSecretUpdate(next: KubeObject, old: KubeObject): FieldError[] {
  const errors: Errors = []
  if (next.type !== old.type) errors.push(invalid('type', next.type ?? '', IMMUTABLE))
  checkFrozen(errors, next, old, ['data'])
  return errors.concat(validateSecret(next))
}
