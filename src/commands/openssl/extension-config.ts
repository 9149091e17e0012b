import {
  type AltName,
  altNamesExtension,
  authorityKeyIdExtension,
  basicConstraintsExtension,
  EXT_KEY_USAGES,
  type Extension,
  extKeyUsageExtension,
  ia5String,
  ipBytes,
  KEY_USAGES,
  keyUsageExtension,
  OID,
  opensslKeyId,
  type PublicKey,
  subjectKeyIdExtension,
} from '../../pki/index.ts'
import type { Config } from './config.ts'
import { notSimulated } from './options.ts'
import { EKU, KU } from './text.ts'
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

/** What X509V3_EXT_nconf finds wrong with a value: lines of the error queue, before that which names the extension. */
class BadExtension extends Error {
  readonly lines: readonly string[]

  constructor(...lines: readonly string[]) {
    super(lines[0])
    this.lines = lines.map((line) => line.replace(/^(\w+):(?!\w+ )/, '$1:X509 V3 routines:'))
  }
}

const UNKNOWN_OBJECT =
  '04000067:object identifier routines:OBJ_txt2obj:unknown object name:../crypto/objects/obj_dat.c:372:'

/** X509V3_parse_list: `name:value` pairs between commas. Throws where a name or a value is empty. */
function parseList(name: string, text: string): (readonly [name: string, value: string | undefined])[] {
  const bad = (line: string): BadExtension =>
    new BadExtension(
      line,
      `11000069:do_ext_nconf:invalid extension string:../crypto/x509/v3_conf.c:102:name=${name},section=${text}`,
    )
  return text.split(',').map((item) => {
    const cut = item.indexOf(':')
    const [key, value] = cut < 0 ? [item.trim(), undefined] : [item.slice(0, cut).trim(), item.slice(cut + 1).trim()]
    if (key === '') throw bad(`1100006C:X509V3_parse_list:invalid empty name:../crypto/x509/v3_utl.c:388:`)
    if (value === '') throw bad(`1100006D:X509V3_parse_list:invalid null value:../crypto/x509/v3_utl.c:379:`)
    return [key, value]
  })
}

function basicConstraints(pairs: ReturnType<typeof parseList>, critical: boolean): Extension {
  let ca = false
  let pathLength: number | undefined
  for (const [name, value] of pairs) {
    const told = `name=${name}, value=${value ?? '<NULL>'}`
    if (name === 'CA') {
      if (!/^(true|yes|y|false|no|n)$/i.test(value ?? '') || !BOOLEANS.includes(value ?? ''))
        throw new BadExtension(
          `11000068:X509V3_get_value_bool:invalid boolean string:../crypto/x509/v3_utl.c:289:${told}`,
        )
      ca = /^[ty]/i.test(value ?? '')
    } else if (name === 'pathlen') {
      if (!/^(0x[0-9a-f]+|\d+)$/i.test(value ?? ''))
        throw new BadExtension(`11000064:s2i_ASN1_INTEGER:bn dec2bn error:../crypto/x509/v3_utl.c:231:${told}`)
      pathLength = Number(value)
    } else throw new BadExtension(`1100006A:v2i_BASIC_CONSTRAINTS:invalid name:../crypto/x509/v3_bcons.c:76:${told}`)
  }
  return basicConstraintsExtension(ca, pathLength, critical)
}

/** As X509V3_get_value_bool spells truth. */
const BOOLEANS = ['TRUE', 'true', 'Y', 'y', 'YES', 'yes', 'FALSE', 'false', 'N', 'n', 'NO', 'no']

/** One `name=value` of an extension section. Undefined: left out (an authority key id that does not exist). */
function build(tool: Tool, name: string, text: string, context: ExtensionContext): Extension | undefined {
  const critical = /^critical,\s*/.test(text)
  const value = text.replace(/^critical,\s*/, '')
  switch (name) {
    case 'basicConstraints':
      return basicConstraints(parseList(name, value), critical)
    case 'keyUsage': {
      const usages = parseList(name, value).map(([word]) => {
        const usage = KEY_USAGES.find((u) => u === word || KU[u] === word)
        if (usage) return usage
        throw new BadExtension(
          `1100006F:v2i_ASN1_BIT_STRING:unknown bit string argument:../crypto/x509/v3_bitst.c:82:${word}`,
        )
      })
      return keyUsageExtension(usages, critical)
    }
    case 'extendedKeyUsage': {
      const usages = parseList(name, value).map(([word]) => {
        const usage = Object.keys(EXT_KEY_USAGES).find((u) => u === word || EKU[u] === word)
        if (usage !== undefined || /^\d+(\.\d+)+$/.test(word)) return usage ?? word
        throw new BadExtension(
          UNKNOWN_OBJECT,
          `1100006E:v2i_EXTENDED_KEY_USAGE:invalid object identifier:../crypto/x509/v3_extku.c:94:${word}`,
        )
      })
      return extKeyUsageExtension(usages, critical)
    }
    case 'subjectAltName':
      return altNamesExtension(altNames(tool, value, context.config), critical)
    case 'subjectKeyIdentifier':
      if (value === 'none') return undefined
      if (value === 'hash') return subjectKeyIdExtension(opensslKeyId(context.subjectKey))
      if (/^([0-9a-f]{2}:?)+$/i.test(value)) return subjectKeyIdExtension(Buffer.from(value.replaceAll(':', ''), 'hex'))
      throw new BadExtension(
        '07800066:common libcrypto routines:hexstr2buf_sep:illegal hex digit:../crypto/o_str.c:167:',
      )
    case 'authorityKeyIdentifier': {
      if (value === 'none') return undefined
      for (const [word] of parseList(name, value))
        if (word !== 'keyid' && word !== 'issuer')
          throw new BadExtension(
            `11000078:v2i_AUTHORITY_KEYID:unknown option:../crypto/x509/v3_akid.c:131:name=${word}`,
          )
      return context.issuerKeyId ? authorityKeyIdExtension(context.issuerKeyId) : undefined
    }
    case 'nsComment':
      return { oid: OID.netscapeComment, critical, value: ia5String(value) }
    default:
      if (BEYOND.test(name)) notSimulated(tool, `the extension ${name}`)
      throw new BadExtension('11000082:do_ext_nconf:unknown extension name:../crypto/x509/v3_conf.c:88:')
  }
}

/** Extensions that OpenSSL knows by name and that are not simulated. */
const BEYOND =
  /^(\d+(\.\d+)+|crlDistributionPoints|authorityInfoAccess|nameConstraints|tlsfeature|certificatePolicies|issuerAltName|noCheck|nsCertType|policyConstraints|policyMappings|inhibitAnyPolicy|proxyCertInfo|subjectInfoAccess|subjectDirectoryAttributes|ns\w+)$/

const TYPES: Readonly<Record<string, AltName['type']>> = {
  DNS: 'dns',
  IP: 'ip',
  email: 'email',
  URI: 'uri',
}

function altNames(tool: Tool, value: string, config: Config): { type: AltName['type']; value: string }[] {
  const section = value.startsWith('@') ? config.get(value.slice(1)) : undefined
  if (value.startsWith('@') && !section)
    throw new BadExtension(
      `11000069:do_ext_nconf:invalid extension string:../crypto/x509/v3_conf.c:102:name=subjectAltName,section=${value}`,
    )
  const pairs = section?.map(([key, text]) => [key.replace(/\.[^.]*$/, ''), text] as const)
  return (pairs ?? parseList('subjectAltName', value)).map(([key, text]) => {
    if (text === undefined)
      throw new BadExtension('1100007C:v2i_GENERAL_NAME_ex:missing value:../crypto/x509/v3_san.c:607:')
    if (/^(RID|dirName|otherName)$/.test(key) || text === 'copy' || text === 'move')
      notSimulated(tool, `subjectAltName=${key}:${text}`)
    const type = TYPES[key]
    if (!type)
      throw new BadExtension(`11000075:v2i_GENERAL_NAME_ex:unsupported option:../crypto/x509/v3_san.c:626:name=${key}`)
    if (type === 'ip' && !ipBytes(text))
      throw new BadExtension(`11000076:a2i_GENERAL_NAME:bad ip address:../crypto/x509/v3_san.c:552:value=${text}`)
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
      const extension = build(tool, name, value, context)
      if (extension) extensions.push(extension)
    } catch (error) {
      if (!(error instanceof BadExtension)) throw error
      tool.err(`${complaint}\n`)
      tool.queue(
        ...error.lines,
        `11000080:X509 V3 routines:X509V3_EXT_nconf_int:error in extension:../crypto/x509/v3_conf.c:48:section=${context.section}, name=${name}, value=${value}`,
      )
      tool.fail('')
    }
  }
  return extensions
}
