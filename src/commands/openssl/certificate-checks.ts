import { type Certificate, ipBytes, matchesEmail, matchesHost, matchesIp } from '../../pki/index.ts'

/** -checkhost, -checkip, -checkemail. */
export function checkAttributes(cert: Certificate, want: { host?: string; email?: string; ip?: string }): string {
  const line = (what: string, good: boolean): string => `${what} does ${good ? '' : 'NOT '}match certificate\n`
  let text = ''
  if (want.host !== undefined) text += line(`Hostname ${want.host}`, matchesHost(cert, want.host))
  if (want.email !== undefined) text += line(`Email ${want.email}`, matchesEmail(cert, want.email))
  // What is no address is said to match: the library's complaint about it is not zero.
  if (want.ip !== undefined) text += line(`IP ${want.ip}`, !ipBytes(want.ip) || matchesIp(cert, want.ip))
  return text
}

/** -purpose: what the extensions allow, for the certificate itself and as an authority. */
export function purposes(cert: Certificate): string {
  const usages = cert.extKeyUsage
  const allows = (usage: string): boolean => usages.length === 0 || usages.includes(usage)
  const bits = (...wanted: readonly string[]): boolean =>
    cert.keyUsage.length === 0 || cert.keyUsage.some((u) => wanted.includes(u))
  const signsCerts = cert.keyUsage.length === 0 || cert.keyUsage.includes('keyCertSign')
  const constraints = cert.basicConstraints
  const oldRoot = cert.fields.version === 1 && cert.issuer.equals(cert.subject)
  const ca = signsCerts && (constraints ? constraints.ca : cert.keyUsage.length > 0 || oldRoot)
  const server = allows('serverAuth') && bits('digitalSignature', 'keyEncipherment', 'keyAgreement')
  const mail = allows('emailProtection')
  const rows: [string, boolean, boolean][] = [
    ['SSL client', allows('clientAuth') && bits('digitalSignature', 'keyAgreement'), allows('clientAuth') && ca],
    ['SSL server', server, allows('serverAuth') && ca],
    ['Netscape SSL server', server && bits('keyEncipherment'), allows('serverAuth') && ca],
    ['S/MIME signing', mail && bits('digitalSignature', 'nonRepudiation'), mail && ca],
    ['S/MIME encryption', mail && bits('keyEncipherment'), mail && ca],
    ['CRL signing', bits('cRLSign'), ca],
    ['Any Purpose', true, true],
    ['OCSP helper', true, ca],
    ['Time Stamp signing', false, ca],
  ]
  const answer = (good: boolean): string => (good ? 'Yes' : 'No')
  return `Certificate purposes:\n${rows
    .map(([name, self, authority]) => `${name} : ${answer(self)}\n${name} CA : ${answer(authority)}\n`)
    .join('')}`
}
