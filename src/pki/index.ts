export {
  type CertAndKey,
  Certificate,
  type CertificateFields,
  createCertificate,
  type Template,
} from './certificate.ts'
export { PkiError } from './error.ts'
export * from './extensions.ts'
export {
  generateEcKey,
  generateEd25519Key,
  generateRsaKey,
  RSA_SIZES,
  randomBig,
  randomSerial,
} from './generate.ts'
export { digest, hmac, isDigest, sha256Hex } from './hash.ts'
export { formatIp, formatIpOpenssl, ipBytes } from './ip.ts'
export { detachedSignature, detachedSignatureValid } from './jws.ts'
export {
  decodeToken,
  keyId,
  LEGACY_ISSUER,
  type LegacyClaims,
  signLegacyToken,
  signToken,
  type TokenClaims,
  type TokenTrust,
  type TokenVerdict,
  verifyToken,
} from './jwt.ts'
export { type KeyKind, PrivateKey, PublicKey, parsePublicKey } from './keys.ts'
export * from './kubeadm.ts'
export * from './kubelet.ts'
export {
  appendCertsFromPem,
  certificatesOf,
  etcdCertPool,
  type KeyPair,
  parseCertsPem,
  privateKeyFromPem,
  publicKeysFromPem,
  rootCertPool,
  x509KeyPair,
} from './load.ts'
export { type Attribute, attributeOid, goSubject, Name, opensslSubject, parseName, shortName } from './name.ts'
export {
  algorithmFor,
  EXT_KEY_USAGES,
  KEY_USAGES,
  type KeyUsage,
  OID,
  SIGNATURE_ALGORITHMS,
  type SignatureAlgorithm,
} from './oids.ts'
export {
  matchesHost,
  matchesIp,
  OPENSSL_ERRORS,
  type OpensslVerifyOptions,
  opensslVerify,
  type VerifyCallback,
} from './openssl-verify.ts'
export { parseCertificate } from './parse.ts'
export { decodePem, encodePem, type PemBlock } from './pem.ts'
export { CertificateRequest, createRequest, parseRequest, requestFromPem } from './request.ts'
export { openBytes, sealBytes } from './secret-box.ts'
export { type ClientTls, type HandshakeResult, type ServerTls, tlsHandshake } from './tls.ts'
export {
  certificateIdentifier,
  checkSignatureFrom,
  type VerifyFailure,
  type VerifyOptions,
  type VerifyResult,
  verifyChain,
  verifyHost,
} from './verify.ts'
