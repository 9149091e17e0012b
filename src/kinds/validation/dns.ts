import { invalid, required } from '../errors.ts'
import { isSubdomainWithUnderscore } from '../names.ts'
import { addInvalid, type Errors } from './checks.ts'
import { checkIP } from './ip.ts'

/** What the resolver of Linux' libc takes. */
const MAX_NAMESERVERS = 3
const MAX_SEARCHES = 32
const MAX_SEARCH_CHARS = 2048

/** validatePodDNSConfig */
export function checkDns(errors: Errors, path: string, { dnsPolicy, dnsConfig }: any): void {
  if (dnsPolicy === 'None') {
    if (!dnsConfig) {
      errors.push(required(path, 'must provide `dnsConfig` when `dnsPolicy` is None'))
      return
    }
    if (!dnsConfig.nameservers?.length) {
      const sentence = 'must provide at least one DNS nameserver when `dnsPolicy` is None'
      errors.push(required(`${path}.nameservers`, sentence))
      return
    }
  }
  if (!dnsConfig) return
  const { nameservers = [], searches = [], options = [] } = dnsConfig
  if (nameservers.length > MAX_NAMESERVERS) {
    errors.push(invalid(`${path}.nameservers`, nameservers, `must not have more than ${MAX_NAMESERVERS} nameservers`))
  }
  for (const [i, ip] of nameservers.entries()) checkIP(errors, `${path}.nameservers[${i}]`, ip)
  if (searches.length > MAX_SEARCHES) {
    errors.push(invalid(`${path}.searches`, searches, `must not have more than ${MAX_SEARCHES} search paths`))
  }
  if (searches.join(' ').length > MAX_SEARCH_CHARS) {
    const sentence = `must not have more than ${MAX_SEARCH_CHARS} characters (including spaces) in the search list`
    errors.push(invalid(`${path}.searches`, searches, sentence))
  }
  for (const [i, search] of searches.entries()) {
    if (search === '.') continue
    const domain = search.replace(/\.$/, '')
    addInvalid(errors, `${path}.searches[${i}]`, domain, isSubdomainWithUnderscore(domain))
  }
  for (const [i, { name }] of options.entries()) {
    if (!name) errors.push(required(`${path}.options[${i}]`, 'must not be empty'))
  }
}
