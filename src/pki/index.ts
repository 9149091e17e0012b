export { type CertAndKey, Certificate } from './certificate.ts'
export { decodeOid, decodeText, oid } from './der.ts'
export { CURVES, type Curve } from './ecdsa.ts'
export { PkiError } from './error.ts'
export * from './extensions.ts'
export { generateEcKey, generateEd25519Key, generateRsaKey, RSA_SIZES, randomBig } from './generate.ts'
export { digest, hmac, isDigest, sha256Hex } from './hash.ts'
export { formatIp, formatIpOpenssl, ipBytes } from './ip.ts'
export { detachedSignature, detachedSignatureValid } from './jws.ts'
export { decodeToken, LEGACY_ISSUER, signLegacyToken, signToken, type TokenClaims, verifyToken } from './jwt.ts'
export { PrivateKey, PublicKey, parsePublicKey } from './keys.ts'
export * from './kubeadm.ts'
export * from './kubelet.ts'
export {
  appendCertsFromPem,
  certificatesOf,
  etcdCertPool,
  parseCertsPem,
  privateKeyFromPem,
  publicKeysFromPem,
  x509KeyPair,
} from './load.ts'
export { attributeOid, goSubject, Name, opensslSubject, shortName } from './name.ts'
export { algorithmFor, EXT_KEY_USAGES, KEY_USAGES, type KeyUsage, OID, SIGNATURE_ALGORITHMS } from './oids.ts'
export { matchesEmail, matchesHost, matchesIp, OPENSSL_ERRORS, opensslVerify } from './openssl-verify.ts'
export { parseCertificate } from './parse.ts'
export { decodePem, encodePem } from './pem.ts'
export { readCertificateBundle, writeCertificateBundle } from './pkcs7.ts'
export { type Bag, decryptKey, encryptKey, readPkcs12, type Safe, writePkcs12 } from './pkcs12.ts'
export { CertificateRequest, createRequest, parseRequest, requestFromPem } from './request.ts'
export { decryptWith, encryptWith, openBytes, passwordKey, sealBytes } from './secret-box.ts'
export { type HandshakeResult, type ServerTls, tlsHandshake } from './tls.ts'
export { certificateIdentifier, verifyChain } from './verify.ts'
