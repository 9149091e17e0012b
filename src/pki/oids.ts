/** Object identifiers this folder speaks, by the name Go and OpenSSL give them. */
export const OID = {
  rsaEncryption: '1.2.840.113549.1.1.1',
  sha1WithRSA: '1.2.840.113549.1.1.5',
  sha256WithRSA: '1.2.840.113549.1.1.11',
  sha384WithRSA: '1.2.840.113549.1.1.12',
  sha512WithRSA: '1.2.840.113549.1.1.13',
  ecPublicKey: '1.2.840.10045.2.1',
  prime256v1: '1.2.840.10045.3.1.7',
  secp384r1: '1.3.132.0.34',
  ecdsaWithSHA256: '1.2.840.10045.4.3.2',
  ecdsaWithSHA384: '1.2.840.10045.4.3.3',
  ecdsaWithSHA512: '1.2.840.10045.4.3.4',
  ed25519: '1.3.101.112',
  extensionRequest: '1.2.840.113549.1.9.14',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyIdentifier: '2.5.29.35',
  extKeyUsage: '2.5.29.37',
  data: '1.2.840.113549.1.7.1',
  signedData: '1.2.840.113549.1.7.2',
  netscapeComment: '2.16.840.1.113730.1.13',
} as const

/** How a certificate is signed: key kind and digest (a name node:crypto knows; none for Ed25519). */
export interface SignatureAlgorithm {
  readonly oid: string
  /** OpenSSL's name. */
  readonly name: string
  readonly kind: 'rsa' | 'ec' | 'ed25519'
  readonly digest: 'sha1' | 'sha256' | 'sha384' | 'sha512' | undefined
}

/** Signature algorithms that certificates here may have. */
export const SIGNATURE_ALGORITHMS: readonly SignatureAlgorithm[] = [
  { oid: OID.sha256WithRSA, name: 'sha256WithRSAEncryption', kind: 'rsa', digest: 'sha256' },
  { oid: OID.sha384WithRSA, name: 'sha384WithRSAEncryption', kind: 'rsa', digest: 'sha384' },
  { oid: OID.sha512WithRSA, name: 'sha512WithRSAEncryption', kind: 'rsa', digest: 'sha512' },
  { oid: OID.sha1WithRSA, name: 'sha1WithRSAEncryption', kind: 'rsa', digest: 'sha1' },
  { oid: OID.ecdsaWithSHA256, name: 'ecdsa-with-SHA256', kind: 'ec', digest: 'sha256' },
  { oid: OID.ecdsaWithSHA384, name: 'ecdsa-with-SHA384', kind: 'ec', digest: 'sha384' },
  { oid: OID.ecdsaWithSHA512, name: 'ecdsa-with-SHA512', kind: 'ec', digest: 'sha512' },
  { oid: OID.ed25519, name: 'ED25519', kind: 'ed25519', digest: undefined },
]

/** The algorithm a key of this kind signs with (SHA-256 where there is a choice). */
export const algorithmFor = (kind: 'rsa' | 'ec' | 'ed25519', digest = 'sha256'): SignatureAlgorithm =>
  SIGNATURE_ALGORITHMS.find((a) => a.kind === kind && (a.digest === digest || kind === 'ed25519'))!

/** Subject attributes: OpenSSL's short name, OID. */
export const ATTRIBUTES: readonly (readonly [name: string, oid: string])[] = [
  ['C', '2.5.4.6'],
  ['ST', '2.5.4.8'],
  ['L', '2.5.4.7'],
  ['O', '2.5.4.10'],
  ['OU', '2.5.4.11'],
  ['CN', '2.5.4.3'],
  ['emailAddress', '1.2.840.113549.1.9.1'],
  ['serialNumber', '2.5.4.5'],
  ['street', '2.5.4.9'],
  ['postalCode', '2.5.4.17'],
  ['SN', '2.5.4.4'],
  ['GN', '2.5.4.42'],
  ['title', '2.5.4.12'],
  ['initials', '2.5.4.43'],
  ['name', '2.5.4.41'],
  ['dnQualifier', '2.5.4.46'],
  ['UID', '0.9.2342.19200300.100.1.1'],
  ['DC', '0.9.2342.19200300.100.1.25'],
]

/** Bits of Key Usage by OpenSSL's names, in their order. */
export type KeyUsage =
  | 'digitalSignature'
  | 'nonRepudiation'
  | 'keyEncipherment'
  | 'dataEncipherment'
  | 'keyAgreement'
  | 'keyCertSign'
  | 'cRLSign'
  | 'encipherOnly'
  | 'decipherOnly'

/** In the order of their bits. */
export const KEY_USAGES: readonly KeyUsage[] = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
]

/** Extended key usages by name. A usage without a name stands as its dotted OID. */
export const EXT_KEY_USAGES: Readonly<Record<string, string>> = {
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
  codeSigning: '1.3.6.1.5.5.7.3.3',
  emailProtection: '1.3.6.1.5.5.7.3.4',
  timeStamping: '1.3.6.1.5.5.7.3.8',
  OCSPSigning: '1.3.6.1.5.5.7.3.9',
  any: '2.5.29.37.0',
}
