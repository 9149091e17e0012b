import type { Coro } from '../../kernel/index.ts'
import { type Certificate, ipBytes, OPENSSL_ERRORS, opensslVerify } from '../../pki/index.ts'
import { loadCaFile, loadCertificate, loadCertificates } from './load.ts'
import type { NameFormat } from './name-format.ts'
import { parseNamingOptions } from './name-options.ts'
import type { OptionSpec, Options } from './options.ts'
import { Exit, type Tool } from './tool.ts'

const SPEC: OptionSpec = {
  CAfile: 'text',
  CApath: 'text',
  'no-CAfile': 'flag',
  'no-CApath': 'flag',
  trusted: 'list',
  untrusted: 'list',
  verbose: 'flag',
  show_chain: 'flag',
  purpose: 'text',
  verify_hostname: 'text',
  verify_ip: 'text',
  verify_email: 'text',
  partial_chain: 'flag',
  attime: 'number',
  no_check_time: 'flag',
  x509_strict: 'flag',
  verify_depth: 'number',
  crl_check: 'flag',
  crl_check_all: 'flag',
  ignore_critical: 'flag',
  nameopt: 'text',
  check_ss_sig: 'flag',
  trusted_first: 'flag',
}

const PURPOSES = 'sslclient sslserver nssslserver smimesign smimeencrypt crlsign any ocsphelper timestampsign'.split(
  ' ',
)

/** Errors that the command reports and then looks past, to report more. */
const GOES_ON = [10, 18, 79, 25]

/** `openssl verify`. */
export function* verify(tool: Tool, args: readonly string[]): Coro<number> {
  const { o, format } = parseNamingOptions(tool, args, SPEC)
  const purpose = o.get('purpose')
  if (purpose !== undefined && !PURPOSES.includes(purpose)) tool.fail(`verify: Invalid purpose ${purpose}`)
  const ip = o.get('verify_ip')
  if (ip !== undefined && !ipBytes(ip)) tool.fail('')
  const trusted: Certificate[] = []
  const untrusted: Certificate[] = []
  const caFile = o.get('CAfile')
  if (caFile !== undefined) {
    const certs = loadCaFile(tool, caFile, `Error loading file ${caFile}`)
    if (!certs) return 1
    trusted.push(...certs)
  }
  for (const [option, pool] of [
    ['trusted', trusted],
    ['untrusted', untrusted],
  ] as const)
    for (const path of o.all(option))
      pool.push(...(yield* loadCertificates(tool, path, `certs of ${option} certificates`)))
  let good = true
  const paths: (string | undefined)[] = o.rest.length > 0 ? [...o.rest] : [undefined]
  for (const path of paths) {
    try {
      const cert = yield* loadCertificate(tool, path, 'certificate file', 2)
      if (!check(tool, o, format, path ?? 'stdin', cert, trusted, untrusted)) good = false
    } catch (error) {
      if (!(error instanceof Exit)) throw error
      good = false
    }
  }
  return good ? 0 : 2
}

function check(
  tool: Tool,
  o: Options,
  format: NameFormat,
  path: string,
  cert: Certificate,
  trusted: readonly Certificate[],
  untrusted: readonly Certificate[],
): boolean {
  const at = o.number('attime')
  const purpose = o.get('purpose')
  const bad: Certificate[] = []
  const { code, chain, untrustedLength } = opensslVerify(
    cert,
    {
      trusted,
      untrusted,
      now: at === undefined ? tool.now : at * 1000,
      purpose: purpose === 'sslserver' || purpose === 'sslclient' ? purpose : undefined,
      host: o.get('verify_hostname'),
      ip: o.get('verify_ip'),
      email: o.get('verify_email'),
      depth: o.number('verify_depth'),
      partialChain: o.has('partial_chain'),
      strict: o.has('x509_strict'),
      crls: o.has('crl_check') ? 'leaf' : o.has('crl_check_all') ? 'all' : undefined,
    },
    (step) => {
      if (step.ok) return true
      if (o.has('no_check_time') && (step.code === 9 || step.code === 10)) return true
      tool.err(
        `${format(step.cert.subject).replace(/^ +/gm, '')}\nerror ${step.code} at ${step.depth} depth lookup: ${OPENSSL_ERRORS[step.code]}\n`,
      )
      bad.push(step.cert)
      return GOES_ON.includes(step.code)
    },
  )
  if (code !== 0 && bad.length > 0) {
    tool.err(`error ${path}: verification failed\n`)
    if (code === 7)
      tool.queue(
        '0200008A:rsa routines:RSA_padding_check_PKCS1_type_1:invalid padding:../crypto/rsa/rsa_pk1.c:75:',
        '02000072:rsa routines:rsa_ossl_public_decrypt:padding check failed:../crypto/rsa/rsa_ossl.c:590:',
        '1C880004:Provider routines:rsa_verify:RSA lib:../providers/implementations/signature/rsa_sig.c:769:',
        '06880006:asn1 encoding routines:ASN1_item_verify_ctx:EVP lib:../crypto/asn1/a_verify.c:220:',
      )
    return false
  }
  tool.out(`${path}: OK\n`)
  if (o.has('show_chain')) {
    tool.out('Chain:\n')
    for (const [depth, c] of chain.entries())
      tool.out(`depth=${depth}: ${format(c.subject)}${depth < untrustedLength ? ' (untrusted)' : ''}\n`)
  }
  return true
}
