import { invalid, required } from '../errors.ts'
import { isConfigKey, isEnvName, isLabel, isSubdomain } from '../names.ts'
import { addInvalid, type Errors } from './checks.ts'
import { checkFieldRef, checkResourceFieldRef, ENV_FIELDS } from './downward-api.ts'
import { checkNoBacksteps } from './volume-parts.ts'

/** ValidateEnv (pkg/apis/core/validation). */
export function checkEnv(errors: Errors, path: string, env: any[] | undefined): void {
  if (!env) return
  for (let i = 0; i < env.length; i++) {
    const { name, value, valueFrom } = env[i]
    const at = `${path}[${i}]`
    if (!name) errors.push(required(`${at}.name`))
    else addInvalid(errors, `${at}.name`, name, isEnvName(name))
    if (valueFrom) checkValueFrom(errors, `${at}.valueFrom`, value, valueFrom)
  }
}

function checkValueFrom(errors: Errors, path: string, value: string | undefined, from: any): void {
  const sources = Object.keys(from).filter((key) => from[key] !== undefined && from[key] !== null)
  if (from.fieldRef) checkFieldRef(errors, `${path}.fieldRef`, from.fieldRef, ENV_FIELDS)
  if (from.resourceFieldRef) checkResourceFieldRef(errors, `${path}.resourceFieldRef`, from.resourceFieldRef, false)
  if (from.configMapKeyRef) checkKeyRef(errors, `${path}.configMapKeyRef`, from.configMapKeyRef)
  if (from.secretKeyRef) checkKeyRef(errors, `${path}.secretKeyRef`, from.secretKeyRef)
  if (from.fileKeyRef) checkFileKeyRef(errors, `${path}.fileKeyRef`, from.fileKeyRef)
  if (!sources.length) {
    errors.push(
      invalid(
        path,
        '',
        'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`',
      ),
    )
  } else if (value) errors.push(invalid(path, '', 'may not be specified when `value` is not empty'))
  else if (sources.length > 1) errors.push(invalid(path, '', 'may not have more than one field specified at a time'))
}

function checkKeyRef(errors: Errors, path: string, { name = '', key }: any): void {
  addInvalid(errors, `${path}.name`, name, isSubdomain(name))
  if (!key) errors.push(required(`${path}.key`))
  else addInvalid(errors, `${path}.key`, key, isConfigKey(key))
}

function checkFileKeyRef(errors: Errors, path: string, { key, volumeName, path: file }: any): void {
  if (!key) errors.push(required(`${path}.key`))
  else addInvalid(errors, `${path}.key`, key, isEnvName(key))
  if (!volumeName) errors.push(required(`${path}.volumeName`))
  else addInvalid(errors, `${path}.volumeName`, volumeName, isLabel(volumeName))
  if (!file) errors.push(required(`${path}.path`))
  else checkNoBacksteps(errors, `${path}.path`, file)
}

/** ValidateEnvFrom: one source each, and a prefix that can begin a variable. */
export function checkEnvFrom(errors: Errors, path: string, envFrom: any[] | undefined): void {
  if (!envFrom) return
  for (let i = 0; i < envFrom.length; i++) {
    const { prefix, configMapRef, secretRef } = envFrom[i]
    const at = `${path}[${i}]`
    if (prefix) addInvalid(errors, `${at}.prefix`, prefix, isEnvName(prefix))
    if (configMapRef) checkRefName(errors, `${at}.configMapRef.name`, configMapRef.name)
    if (secretRef) checkRefName(errors, `${at}.secretRef.name`, secretRef.name)
    if (!configMapRef && !secretRef) {
      errors.push(invalid(path, '', 'must specify one of: `configMapRef` or `secretRef`'))
    } else if (configMapRef && secretRef) {
      errors.push(invalid(path, '', 'may not have more than one field specified at a time'))
    }
  }
}

function checkRefName(errors: Errors, path: string, name: string | undefined): void {
  if (!name) errors.push(required(path))
  else addInvalid(errors, path, name, isSubdomain(name))
}
