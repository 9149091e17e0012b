import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { oneline } from '../../src/commands/openssl/name-format.ts'
import { Rng } from '../../src/kernel/index.ts'
import {
  combinedPem,
  decodePem,
  decodeToken,
  encodePem,
  formatIp,
  generateEcKey,
  generateEd25519Key,
  generateRsaKey,
  goSubject,
  ipBytes,
  newCa,
  nodeClientRequest,
  parseCertificate,
  privateKeyFromPem,
  requestFromPem,
  selfSignedServing,
  signRequest,
  signToken,
  verifyToken,
  x509KeyPair,
} from '../../src/pki/index.ts'
import { hasOpenssl, realOpenssl } from './openssl.ts'

const NOW = Date.UTC(2026, 10, 21, 2, 40, 6)
const rng = new Rng('roundtrip')
const ca = newCa({ commonName: 'kubernetes' }, { rng, now: NOW })

describe('what is written can be read', () => {
  test('PEM of any bytes', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.constantFrom('CERTIFICATE', 'EC PRIVATE KEY'),
        (bytes, type) => {
          const text = encodePem(type, bytes)
          expect(decodePem(`x\n${text}${text}`)).toEqual([1, 2].map(() => ({ type, bytes: Buffer.from(bytes) })))
        },
      ),
    )
  })

  test('IP addresses', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (address) => {
        const bytes = ipBytes(address)!
        expect(ipBytes(formatIp(bytes))).toEqual(
          bytes.length === 16 && formatIp(bytes).includes('.') ? bytes.subarray(12) : bytes,
        )
      }),
    )
    expect(['::1', 'fe80::1:0:0:2', '2001:db8::', '1.2.3.4'].map((a) => formatIp(ipBytes(a)!))).toEqual([
      '::1',
      'fe80::1:0:0:2',
      '2001:db8::',
      '1.2.3.4',
    ])
  })

  test.each([
    ['RSA 2048', generateRsaKey(rng)],
    ['RSA 3072', generateRsaKey(rng, 3072)],
    ['P-256', generateEcKey(rng)],
    ['Ed25519', generateEd25519Key(rng)],
  ])('a private key: %s', (_name, key) => {
    for (const pem of [key.pem, key.pkcs8Pem]) expect(privateKeyFromPem(pem)?.publicKey.pem).toBe(key.publicKey.pem)
    if (hasOpenssl) expect(realOpenssl('pkey -in k.pem -pubout', { 'k.pem': key.pkcs8Pem })).toBe(key.publicKey.pem)
    if (hasOpenssl) expect(realOpenssl('pkey -in k.pem', { 'k.pem': key.pem })).toBe(key.pkcs8Pem)
  })

  test('one random stream gets no key twice', () => {
    const stream = new Rng('keys')
    const keys = Array.from({ length: 200 }, () => generateRsaKey(stream).publicKey.key)
    expect(new Set(keys).size).toBe(200)
  })
})

describe('a kubelet gets its client certificate', () => {
  const { request, key } = nodeClientRequest('node01', rng)
  const cert = signRequest(request, ca, {
    rng,
    now: NOW,
    usages: ['digital signature', 'client auth'],
    duration: 8760 * 3_600_000,
  })

  test('the request survives PEM, and its signature is always the same', () => {
    const read = requestFromPem(request.pem)!
    expect([read.valid, oneline(read.subject), read.pem === request.pem]).toEqual([
      true,
      'O = system:nodes, CN = system:node:node01',
      true,
    ])
    expect(nodeClientRequest('n', new Rng('same')).request.pem).toBe(
      nodeClientRequest('n', new Rng('same')).request.pem,
    )
  })

  test.runIf(hasOpenssl)('openssl agrees', () => {
    expect(realOpenssl('req -in r.csr -noout -verify -subject', { 'r.csr': request.pem })).toBe(
      'Certificate request self-signature verify OK\nsubject=O = system:nodes, CN = system:node:node01\n',
    )
    const files = { 'c.crt': cert.pem, 'ca.crt': ca.cert.pem }
    expect(realOpenssl(`verify -attime ${NOW / 1000} -CAfile ca.crt c.crt`, files)).toBe('c.crt: OK\n')
    expect(realOpenssl('x509 -in c.crt -noout -enddate -ext keyUsage,extendedKeyUsage')).toBe(
      'notAfter=Nov 21 02:35:06 2027 GMT\nX509v3 Key Usage: critical\n    Digital Signature\nX509v3 Extended Key Usage: \n    TLS Web Client Authentication\n',
    )
  })

  test('certificate and key in one file', () => {
    const text = combinedPem({ cert, key })
    expect(x509KeyPair(text, text).chain[0].subject.toString()).toBe('CN=system:node:node01,O=system:nodes')
  })
})

test('kubelet.crt is signed by its own authority', () => {
  const serving = selfSignedServing('node01', rng, NOW)
  expect([oneline(serving.cert.issuer), serving.cert.dnsNames, serving.cert.isSignedBy(serving.ca.publicKey)]).toEqual([
    'CN = node01-ca@1795228806',
    ['node01'],
    true,
  ])
})

test('a certificate read from DER says the same', () => {
  const read = parseCertificate(ca.cert.der)
  expect(read.pem).toBe(ca.cert.pem)
  expect([read.serial, oneline(read.subject), read.notAfter, read.keyUsage, read.isCa]).toEqual([
    ca.cert.serial,
    'CN = kubernetes',
    ca.cert.notAfter,
    ['digitalSignature', 'keyEncipherment', 'keyCertSign'],
    true,
  ])
})

describe('service account tokens', () => {
  const key = generateRsaKey(rng)
  const iss = 'https://kubernetes.default.svc.cluster.local'
  const claims = {
    aud: [iss],
    exp: 1795231837,
    iat: 1795228237,
    iss,
    jti: 'de935e61-7b7d-4b23-8ac9-275f3b6c3303',
    'kubernetes.io': { namespace: 'au', serviceaccount: { uid: '10be69c9', name: 'robot' } },
    nbf: 1795228237,
    sub: 'system:serviceaccount:au:robot',
  }
  const token = signToken(claims, key)
  const trust = { keys: [key.publicKey], issuers: [iss], audiences: [iss], now: 1795228300_000 }

  test('looks as recorded', () => {
    expect(token.slice(0, 20)).toBe('eyJhbGciOiJSUzI1NiIs')
    expect(Buffer.from(token.split('.')[1], 'base64url').toString()).toBe(
      `{"aud":["${iss}"],"exp":1795231837,"iat":1795228237,"iss":"${iss}","jti":"de935e61-7b7d-4b23-8ac9-275f3b6c3303","kubernetes.io":{"namespace":"au","serviceaccount":{"name":"robot","uid":"10be69c9"}},"nbf":1795228237,"sub":"system:serviceaccount:au:robot"}`,
    )
    expect(decodeToken(token)?.claims).toEqual(claims)
  })

  test.each([
    ['good', token, {}, true],
    ['expired', token, { now: 1795231900_000 }, 'service account token has expired'],
    ['another key', token, { keys: [generateRsaKey(rng).publicKey] }, 'invalid signature, no keys found'],
    [
      'another audience',
      token,
      { audiences: ['x'] },
      `token audiences ["${iss}"] is invalid for the target audiences ["x"]`,
    ],
    ['garbage', 'bad', {}, 'invalid bearer token'],
  ])('%s', (_case, text, change, verdict) => {
    const result = verifyToken(text, { ...trust, ...change })
    expect(result.ok ? true : result.error).toBe(verdict)
  })
})

test('Go orders a subject as it likes', () => {
  expect(goSubject('kubernetes-admin', ['system:masters']).toString()).toBe('CN=kubernetes-admin,O=system:masters')
})
