import { invalid, required, tooLong } from '../errors.ts'
import { isLabel, isSubdomain } from '../names.ts'
import type { Errors } from './checks.ts'

const MAX_DOMAIN = 253
/** A domain, `/`, and a path that has room for a label, a dot and a subdomain. */
const MAX_NAME = MAX_DOMAIN + 1 + 253 + 63 + 1

/** ValidateSignerName of core/validation/names.go. */
export function checkSignerName(errors: Errors, path: string, name: string): void {
  if (!name) {
    errors.push(required(path))
    return
  }
  const [domain = '', rest = '', ...more] = name.split('/')
  if (more.length || !name.includes('/')) {
    const sentence = "must be a fully qualified domain and path of the form 'example.com/signer-name'"
    errors.push(invalid(path, name, sentence))
    return
  }
  if (domain.length > MAX_DOMAIN) errors.push(tooLong(path, MAX_DOMAIN))
  checkParts(errors, path, domain, isLabel)
  if (!domain.includes('.')) {
    errors.push(invalid(path, domain, 'should be a domain with at least two segments separated by dots'))
  }
  checkParts(errors, path, rest, isSubdomain)
  if (name.length > MAX_NAME) errors.push(tooLong(path, MAX_NAME))
}

/** Problems of the first part that has one: those of others would be the same. */
function checkParts(errors: Errors, path: string, text: string, check: (part: string) => readonly string[]): void {
  const wrong = text.split('.').find((part) => check(part).length)
  if (wrong === undefined) return
  for (const message of check(wrong)) {
    errors.push(invalid(path, text, `validating label ${JSON.stringify(wrong)}: ${message}`))
  }
}
