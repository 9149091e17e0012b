import {
  type AltName,
  altNamesExtension,
  authorityKeyIdExtension,
  basicConstraintsExtension,
  EXT_KEY_USAGES,
  type Extension,
  extKeyUsageExtension,
  ipBytes,
  KEY_USAGES,
  type KeyUsage,
  keyUsageExtension,
  opensslKeyId,
  type PublicKey,
  subjectKeyIdExtension,
} from '../../pki/index.ts'
import type { Config } from './config.ts'
import type { Tool } from './tool.ts'

/** What extension values may refer to. */
interface ExtensionContext {
  readonly subjectKey: PublicKey
  /** Key identifier of the issuer, if it has one. */
  readonly issuerKeyId: Buffer | undefined
  readonly config: Config
  /** Section name for messages. */
  readonly section: string
}

class BadExtension extends Error {}

/** One `name=value` of an extension section. Undefined: left out (an authority key id that does not exist). */
function build(name: string, text: string, context: ExtensionContext): Extension | undefined {
  const critical = /^critical\s*,?\s*/.test(text)
  const value = text.replace(/^critical\s*,?\s*/, '')
  const items = value.split(',').map((item) => item.trim())
  switch (name) {
    case 'basicConstraints': {
      const options = new Map(
        items.map((item) => item.split(':').map((s) => s.trim().toLowerCase()) as [string, string]),
      )
      const pathLength = options.get('pathlen')
      return basicConstraintsExtension(
        /^(true|yes|y)$/.test(options.get('ca') ?? ''),
        pathLength === undefined ? undefined : Number(pathLength),
        critical,
      )
    }
    case 'keyUsage': {
      const usages = items.filter((u): u is KeyUsage => (KEY_USAGES as readonly string[]).includes(u))
      if (usages.length !== items.length) throw new BadExtension('unknown bit string argument')
      return keyUsageExtension(usages, critical)
    }
    case 'extendedKeyUsage':
      for (const usage of items)
        if (!(usage in EXT_KEY_USAGES) && !/^\d+(\.\d+)+$/.test(usage))
          throw new BadExtension('invalid object identifier')
      return extKeyUsageExtension(items, critical)
    case 'subjectAltName':
      return altNamesExtension(altNames(value, context.config), critical)
    case 'subjectKeyIdentifier':
      return value === 'none' ? undefined : subjectKeyIdExtension(opensslKeyId(context.subjectKey))
    case 'authorityKeyIdentifier':
      return context.issuerKeyId && value !== 'none' ? authorityKeyIdExtension(context.issuerKeyId) : undefined
    default:
      throw new BadExtension('unknown extension name')
  }
}

const TYPES: Readonly<Record<string, AltName['type']>> = {
  DNS: 'dns',
  IP: 'ip',
  email: 'email',
  URI: 'uri',
  RID: 'other',
}

function altNames(value: string, config: Config): { type: AltName['type']; value: string }[] {
  const pairs = value.startsWith('@')
    ? (config.get(value.slice(1)) ?? []).map(([key, text]) => [key.replace(/\.\d+$/, ''), text])
    : value.split(',').map((item) => {
        const [key, ...rest] = item.trim().split(':')
        return [key, rest.join(':')]
      })
  return pairs.map(([key, text]) => {
    const type = TYPES[key]
    if (!type) throw new BadExtension(`unsupported option`)
    if (type === 'ip' && !ipBytes(text)) throw new BadExtension('bad ip address')
    return { type, value: text }
  })
}

/** Extensions of one section, or of -addext texts. Ends the program at the first that is bad. */
export function buildExtensions(
  tool: Tool,
  entries: readonly (readonly [name: string, value: string])[],
  context: ExtensionContext,
  complaint: string,
): Extension[] {
  const extensions: Extension[] = []
  for (const [name, value] of entries) {
    try {
      const extension = build(name, value, context)
      if (extension) extensions.push(extension)
    } catch (error) {
      if (!(error instanceof BadExtension)) throw error
      tool.err(`${complaint}\n`)
      const unknown = error.message === 'unknown extension name'
      tool.queue(
        unknown
          ? '11000082:X509 V3 routines:do_ext_nconf:unknown extension name:../crypto/x509/v3_conf.c:88:'
          : `11000069:X509 V3 routines:do_ext_nconf:invalid extension string:../crypto/x509/v3_conf.c:102:name=${name},section=${value}`,
        `11000080:X509 V3 routines:X509V3_EXT_nconf_int:error in extension:../crypto/x509/v3_conf.c:48:section=${context.section}, name=${name}, value=${value}`,
      )
      tool.fail('')
    }
  }
  return extensions
}
