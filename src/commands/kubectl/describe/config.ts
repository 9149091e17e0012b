import { PkiError, requestFromPem } from '../../../pki/index.ts'
import { base64Bytes } from '../../../print/index.ts'
import { decodeBase64 } from '../../../programs/lib/kubeconfig.ts'
import type { Describer } from './context.ts'
import { formatLabels, humanDuration, rfc1123, sortedKeys, Writer } from './writer.ts'

/** ConfigMapDescriber (kubectl/pkg/describe/describe.go). */
export const describeConfigMap: Describer = function* (c, m) {
  const w = new Writer(c.now)
  w.meta(m)
  w.w(0, '\nData\n====\n')
  for (const key of sortedKeys(m.data)) w.w(0, `${key}:\n----\n${m.data[key]}\n\n`)
  w.w(0, '\nBinaryData\n====\n')
  for (const key of sortedKeys(m.binaryData)) w.w(0, `${key}: ${base64Bytes(m.binaryData[key]).length} bytes\n`)
  w.w(0, '\n')
  w.events(yield* c.events(m))
  return w.toString()
}

/** SecretDescriber: sizes, not contents; a service account's token is shown. */
export const describeSecret: Describer = function* (c, s) {
  const w = new Writer(c.now)
  w.meta(s)
  w.w(0, `\nType:\t${s.type}\n`)
  w.w(0, '\nData\n====\n')
  for (const key of sortedKeys(s.data)) {
    const token = key === 'token' && s.type === 'kubernetes.io/service-account-token'
    w.row(
      0,
      key,
      token ? new TextDecoder().decode(base64Bytes(s.data[key])) : `${base64Bytes(s.data[key]).length} bytes`,
    )
  }
  yield* []
  return w.toString()
}

/** ServiceAccountDescriber, with the tokens that refer to it. */
export const describeServiceAccount: Describer = function* (c, s) {
  const w = new Writer(c.now)
  w.meta(s)
  const names = (s.imagePullSecrets ?? []).map((x: any) => x.name ?? '')
  if (names.length === 0) w.w(0, 'Image pull secrets:\t<none>\n')
  names.forEach((name: string, i: number) => {
    w.w(0, `${i === 0 ? 'Image pull secrets:' : '                   '}\t${name}\n`)
  })
  w.events(yield* c.events(s))
  return w.toString()
}

/** CertificateSigningRequestDescriber: what the request asks for and who asks. */
export const describeCsr: Describer = function* (c, csr) {
  const w = new Writer(c.now)
  const { spec, status = {}, metadata } = csr
  w.row(0, 'Name', metadata.name)
  w.row(0, 'Labels', formatLabels(metadata.labels))
  w.row(0, 'Annotations', formatLabels(metadata.annotations))
  w.row(0, 'CreationTimestamp', rfc1123(metadata.creationTimestamp))
  w.row(0, 'Requesting User', spec.username ?? '')
  w.optional(0, 'Signer', spec.signerName)
  if (spec.expirationSeconds !== undefined) w.row(0, 'Requested Duration', humanDuration(spec.expirationSeconds * 1000))
  const has = (type: string): boolean => status.conditions?.some((x: any) => x.type === type)
  w.row(
    0,
    'Status',
    `${has('Denied') ? 'Denied' : has('Approved') ? 'Approved' : 'Pending'}${has('Failed') ? ',Failed' : ''}${status.certificate ? ',Issued' : ''}`,
  )
  try {
    const request = requestFromPem(decodeBase64(spec.request))
    if (!request) throw new PkiError('no certificate request')
    const all = (type: string): readonly string[] => request.subject.all(type)
    w.w(0, 'Subject:\n')
    w.w(0, `\tCommon Name:\t${all('CN')[0] ?? ''}\n`)
    w.w(0, `\tSerial Number:\t${all('serialNumber')[0] ?? ''}\n`)
    for (const [label, type] of [
      ['Organization', 'O'],
      ['Organizational Unit', 'OU'],
      ['Country', 'C'],
      ['Locality', 'L'],
      ['Province', 'ST'],
    ]) {
      const values = all(type)
      if (values.length > 0) w.w(0, `\t${label}:\t${values.join('\n\t\t')}\n`)
    }
  } catch (error) {
    if (!(error instanceof PkiError)) throw error
  }
  w.events(yield* c.events(csr))
  return w.toString()
}
