import { describe, expect, test } from 'vitest'
import { oneline } from '../../src/commands/openssl/name-format.ts'
import { Rng } from '../../src/kernel/index.ts'
import {
  CERTIFICATES,
  type CertHost,
  etcdCertPool,
  generateRsaKey,
  leafConfig,
  newCa,
  newControlPlaneCerts,
  newLeaf,
  newSharedPki,
  PkiError,
  type ServerTls,
  tlsHandshake,
  verifyChain,
  x509KeyPair,
} from '../../src/pki/index.ts'

const NOW = Date.UTC(2026, 10, 21, 2, 40, 6)
const DAY = 86_400_000
const host: CertHost = {
  nodeName: 'cp1',
  advertiseAddress: '192.168.56.11',
  apiServiceIp: '10.96.0.1',
  dnsDomain: 'cluster.local',
  extraSans: [],
}
const issuing = { rng: new Rng('tls'), now: NOW }
const shared = newSharedPki(issuing)
const leaves = newControlPlaneCerts(shared, host, issuing)
const [etcd, client] = [leaves.get('etcd-server')!, leaves.get('etcd-healthcheck-client')!]
const caPem = shared.etcdCa.cert.pem
const server: ServerTls = { certPem: etcd.cert.pem, keyPem: etcd.key.pem, clientCaPem: caPem, clientAuth: 'require' }
const good = { caPem, certPem: client.cert.pem, keyPem: client.key.pem, serverName: '127.0.0.1' }
const expired = newLeaf(leafConfig(CERTIFICATES[3], host), shared.etcdCa, {
  ...issuing,
  notBefore: NOW - 30 * DAY,
  notAfter: NOW - DAY,
})
const impostor = newCa({ commonName: 'etcd-ca' }, issuing)
const foreign = newLeaf({ commonName: 'x', usages: ['clientAuth'] }, impostor, issuing)

describe('TLS as Go does it', () => {
  test('both sides learn who the other is', () => {
    const result = tlsHandshake(server, good, NOW, NOW)
    expect([result.ok, oneline(result.serverChain[0].subject), oneline(result.clientChain[0].subject)]).toEqual([
      true,
      'CN = cp1',
      'CN = kube-etcd-healthcheck-client',
    ])
  })

  test.each([
    [
      'no CA',
      server,
      { ...good, caPem: undefined },
      'tls: failed to verify certificate: x509: certificate signed by unknown authority',
      'remote error: tls: bad certificate',
    ],
    [
      'a CA of the same name with another key',
      server,
      { ...good, caPem: impostor.cert.pem },
      'tls: failed to verify certificate: x509: certificate signed by unknown authority (possibly because of "crypto/rsa: verification error" while trying to verify candidate authority certificate "etcd-ca")',
      'remote error: tls: bad certificate',
    ],
    [
      'wrong address',
      server,
      { ...good, serverName: '10.0.0.5' },
      'tls: failed to verify certificate: x509: certificate is valid for 192.168.56.11, 127.0.0.1, ::1, not 10.0.0.5',
      'remote error: tls: bad certificate',
    ],
    [
      'wrong name',
      server,
      { ...good, serverName: 'etcd.lab' },
      'tls: failed to verify certificate: x509: certificate is valid for cp1, localhost, not etcd.lab',
      'remote error: tls: bad certificate',
    ],
    [
      'expired server',
      { ...server, certPem: expired.cert.pem, keyPem: expired.key.pem },
      good,
      'tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2026-11-21T02:40:06Z is after 2026-11-20T02:40:06Z',
      'remote error: tls: bad certificate',
    ],
    [
      'no client certificate',
      server,
      { caPem, serverName: 'cp1' },
      'remote error: tls: certificate required',
      "tls: client didn't provide a certificate",
    ],
    [
      'expired client',
      server,
      { ...good, certPem: expired.cert.pem, keyPem: expired.key.pem },
      'remote error: tls: expired certificate',
      'tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2026-11-21T02:40:06Z is after 2026-11-20T02:40:06Z',
    ],
    [
      'foreign client',
      { ...server, clientCaPem: shared.ca.cert.pem },
      good,
      'remote error: tls: unknown certificate authority',
      'tls: failed to verify certificate: x509: certificate signed by unknown authority',
    ],
    [
      'client without clientAuth',
      server,
      { ...good, certPem: leaves.get('apiserver')!.cert.pem, keyPem: leaves.get('apiserver')!.key.pem },
      'remote error: tls: unknown certificate authority',
      'tls: failed to verify certificate: x509: certificate signed by unknown authority',
    ],
    [
      'mismatched server files',
      { ...server, keyPem: client.key.pem },
      good,
      'remote error: tls: internal error',
      'tls: private key does not match public key',
    ],
    [
      'mismatched client files',
      server,
      { ...good, keyPem: etcd.key.pem },
      'tls: private key does not match public key',
      undefined,
    ],
  ])('%s', (_case, serverTls, clientTls, clientError, serverError) => {
    const result = tlsHandshake(serverTls as ServerTls, clientTls, NOW, NOW)
    expect([result.ok, result.clientError, result.serverError]).toEqual([false, clientError, serverError])
  })

  test('each side judges by its own clock, and --insecure does not judge', () => {
    const late = tlsHandshake(server, good, NOW, NOW + 400 * DAY)
    expect(late.clientError).toBe(
      'tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2027-12-26T02:40:06Z is after 2027-11-21T02:40:06Z',
    )
    expect(tlsHandshake(server, { ...good, insecure: true }, NOW, NOW + 400 * DAY).ok).toBe(true)
    const early = tlsHandshake(server, good, NOW - DAY, NOW)
    expect(early.serverError).toBe(
      'tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2026-11-20T02:40:06Z is before 2026-11-21T02:35:06Z',
    )
  })

  test('a certificate for serving only is of no use to a client', () => {
    const serving = newLeaf({ commonName: 's', usages: ['serverAuth'] }, shared.etcdCa, issuing)
    expect(verifyChain(serving.cert, { roots: [shared.etcdCa.cert], now: NOW, usages: ['clientAuth'] })).toEqual({
      ok: false,
      reason: 'usage',
      error: 'x509: certificate specifies an incompatible key usage',
    })
    expect(verifyChain(foreign.cert, { roots: [impostor.cert], now: NOW, usages: ['clientAuth'] }).ok).toBe(true)
  })
})

describe('key pair files', () => {
  const { pem: cert } = client.cert
  const { pem: key } = client.key
  const failure = (fn: () => unknown): string => {
    try {
      fn()
    } catch (error) {
      if (error instanceof PkiError) return error.message
      throw error
    }
    return 'no error'
  }

  test.each([
    ['', key, 'tls: failed to find any PEM data in certificate input'],
    [cert.replace('M', '!'), key, 'tls: failed to find any PEM data in certificate input'],
    [
      key,
      key,
      'tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched',
    ],
    [cert, '', 'tls: failed to find any PEM data in key input'],
    [cert, cert, 'tls: found a certificate rather than a key in the PEM for the private key'],
    [cert, generateRsaKey(new Rng('z')).pem, 'tls: private key does not match public key'],
    [cert, key, 'no error'],
    [cert, client.key.pkcs8Pem, 'no error'],
    [`text before\n${cert}${caPem}`, key, 'no error'],
  ])('case %#', (certText, keyText, error) => {
    expect(failure(() => x509KeyPair(certText, keyText))).toBe(error)
  })

  test('etcd refuses a key where a CA should be', () => {
    expect(failure(() => etcdCertPool(key))).toBe('x509: malformed tbs certificate')
  })
})
