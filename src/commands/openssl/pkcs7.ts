import { SysError } from '../../host/index.ts'
import { bytesToText, type Coro, textToBytes } from '../../kernel/index.ts'
import {
  type Certificate,
  decodePem,
  encodePem,
  parseCertificate,
  readCertificateBundle,
  writeCertificateBundle,
} from '../../pki/index.ts'
import { formOf } from './load.ts'
import { spaceless } from './name-format.ts'
import { notSimulated, type Options, parseOptions } from './options.ts'
import { certificateText } from './text.ts'
import { bioNewFile, Exit, type Tool } from './tool.ts'

/** `openssl crl2pkcs7`: certificates of several files in one structure. */
export function crl2pkcs7(tool: Tool, args: readonly string[]): number {
  const o = parseOptions(tool, args, { nocrl: 'flag', certfile: 'list', in: 'text', out: 'text', outform: 'text' })
  if (o.rest.length > 0) tool.fail('crl2pkcs7: Use -help for summary.')
  if (!o.has('nocrl')) notSimulated(tool, 'crl2pkcs7 without -nocrl')
  const certificates: Certificate[] = []
  for (const path of o.all('certfile')) {
    try {
      for (const block of decodePem(tool.read(path)))
        if (/^(X509 |TRUSTED )?CERTIFICATE$/.test(block.type)) certificates.push(parseCertificate(block.bytes))
    } catch (error) {
      if (!(error instanceof SysError)) throw error
      tool.err(`error opening the file, ${path}\nerror loading certificates\n`)
      tool.queue(...bioNewFile(path, 'r', error))
      throw new Exit(1)
    }
  }
  write(tool, o, writeCertificateBundle(certificates))
  return 0
}

function write(tool: Tool, o: Options, der: Buffer): void {
  tool.write(o.get('out'), formOf(o.get('outform')) === 'DER' ? bytesToText(der) : encodePem('PKCS7', der))
}

/** `openssl pkcs7`: shows what such a structure holds. */
export function* pkcs7(tool: Tool, args: readonly string[]): Coro<number> {
  const o = parseOptions(tool, args, {
    in: 'text',
    inform: 'text',
    out: 'text',
    outform: 'text',
    noout: 'flag',
    print_certs: 'flag',
    text: 'flag',
  })
  if (o.rest.length > 0) tool.fail('pkcs7: Use -help for summary.')
  const path = o.get('in')
  let text: string
  try {
    text = yield* tool.text(path)
  } catch (error) {
    tool.tellUnopened(path, formOf(o.get('inform')) === 'DER' ? 'rb' : 'r', error)
    throw new Exit(1)
  }
  const isDer = formOf(o.get('inform')) === 'DER'
  const block = isDer
    ? undefined
    : decodePem(text).find((b) => /^(PKCS7|CERTIFICATE|PKCS #7 SIGNED DATA)$/.test(b.type))
  const der = isDer ? Buffer.from(textToBytes(text)) : block?.bytes
  const certificates = der && readCertificateBundle(der)
  if (!certificates) return unreadable(tool, der !== undefined, isDer)
  if (!o.has('print_certs')) {
    if (!o.has('noout')) write(tool, o, der)
    return 0
  }
  let out = ''
  for (const cert of certificates) {
    if (o.has('text')) out += certificateText(cert, spaceless)
    else out += `subject=${tool.names(cert.subject)}\nissuer=${tool.names(cert.issuer)}\n`
    if (!o.has('noout')) out += cert.pem
    out += '\n'
  }
  tool.write(o.get('out'), out)
  return 0
}

function unreadable(tool: Tool, found: boolean, isDer: boolean): never {
  tool.err('unable to load PKCS7 object\n')
  tool.queue(
    ...(!found
      ? ['0480006C:PEM routines:get_name:no start line:../crypto/pem/pem_lib.c:760:Expecting: PKCS7']
      : [
          '068000A8:asn1 encoding routines:asn1_check_tlen:wrong tag:../crypto/asn1/tasn_dec.c:1225:',
          '0688010A:asn1 encoding routines:asn1_d2i_ex_primitive:nested asn1 error:../crypto/asn1/tasn_dec.c:779:',
          '0688010A:asn1 encoding routines:asn1_template_noexp_d2i:nested asn1 error:../crypto/asn1/tasn_dec.c:712:Field=type, Type=PKCS7',
          ...(isDer ? [] : ['0488000D:PEM routines:PEM_ASN1_read_bio:ASN1 lib:../crypto/pem/pem_oth.c:33:']),
        ]),
  )
  throw new Exit(1)
}
