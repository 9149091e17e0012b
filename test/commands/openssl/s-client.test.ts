import { describe, expect, test } from 'vitest'
import type { NetNs, Service, TlsServer } from '../../../src/host/index.ts'
import { Rng } from '../../../src/kernel/index.ts'
import { newControlPlaneCerts, newLeaf, newSharedPki } from '../../../src/pki/index.ts'
import { opensslHost, stable } from './sim.ts'

const now = Date.UTC(2026, 10, 21, 2, 40, 6)
const issuing = { rng: new Rng('s_client'), now }
const shared = newSharedPki(issuing)
const host = {
  nodeName: 'controlplane',
  advertiseAddress: '192.168.56.11',
  apiServiceIp: '10.96.0.1',
  dnsDomain: 'cluster.local',
  extraSans: [],
}
const leaves = newControlPlaneCerts(shared, host, issuing)
const [etcd, client] = [leaves.get('etcd-server')!, leaves.get('etcd-healthcheck-client')!]
const expired = newLeaf({ commonName: 'controlplane', usages: ['serverAuth'] }, shared.etcdCa, {
  ...issuing,
  notBefore: now - 9e9,
  notAfter: now - 864e5,
})

const log: string[] = []
const tlsOf = (pair: typeof etcd): TlsServer => ({
  certPem: pair.cert.pem,
  keyPem: pair.key.pem,
  clientCaPem: shared.etcdCa.cert.pem,
  clientAuth: 'require',
  onError: (peer, error) => log.push(`${peer} ${error}`),
})
const services: Record<number, Service> = {
  2379: { name: 'etcd', tls: () => tlsOf(etcd) },
  2380: { name: 'expired', tls: () => tlsOf(expired) },
  2381: { name: 'metrics' },
}
const net = {
  dial: ({ port }: { port: number }) =>
    services[port]
      ? {
          outcome: 'open',
          socket: { service: services[port] },
          peer: { ip: '127.0.0.1', port: 40000 },
          rtt: 0,
          pathMtu: 65536,
          blackhole: false,
        }
      : { outcome: 'refused' },
} as unknown as NetNs
const sim = opensslHost(now, net)
sim.write('ca.crt', shared.etcdCa.cert.pem)
sim.write('other.crt', shared.ca.cert.pem)
sim.write('c.crt', client.cert.pem)
sim.write('c.key', client.key.pem)
const own = '-cert c.crt -key c.key'
const BRIEF = `CONNECTION ESTABLISHED
Protocol version: TLSv1.3
Ciphersuite: TLS_AES_128_GCM_SHA256
Requested Signature Algorithms: RSA-PSS+SHA256:ECDSA+SHA256:ed25519:RSA-PSS+SHA384:RSA-PSS+SHA512:ECDSA+SHA384:ECDSA+SHA512
Peer certificate: CN = controlplane
Hash used: SHA256
Signature type: RSA-PSS
`
const NAME = "Can't use SSL_get_servername\n"
const EXPIRED = `depth=0 CN = controlplane
verify error:num=10:certificate has expired
notAfter=Nov 20 02:40:06 2026 GMT
notAfter=Nov 20 02:40:06 2026 GMT
`

// As in recordings/etcd/16.
describe('openssl s_client', () => {
  test.each([
    ['2379', `-CAfile ca.crt ${own}`, 0, `${NAME}${BRIEF}Verification: OK\nServer Temp Key: X25519, 253 bits\nDONE\n`],
    [
      '2379',
      '-CAfile ca.crt',
      1,
      `${NAME}${BRIEF}Verification: OK\nServer Temp Key: X25519, 253 bits\nTHREAD:error:0A00045C:SSL routines:ssl3_read_bytes:tlsv13 alert certificate required:../ssl/record/rec_layer_s3.c:1601:SSL alert number 116\n`,
    ],
    [
      '2379',
      `-CAfile other.crt ${own}`,
      0,
      `${NAME}depth=0 CN = controlplane\nverify error:num=20:unable to get local issuer certificate\ndepth=0 CN = controlplane\nverify error:num=21:unable to verify the first certificate\n${BRIEF}Verification error: unable to verify the first certificate\nServer Temp Key: X25519, 253 bits\nDONE\n`,
    ],
    [
      '2379',
      `-servername nope -verify_hostname nope -CAfile ca.crt ${own}`,
      0,
      `depth=0 CN = controlplane\nverify error:num=62:hostname mismatch\n${BRIEF}Verification error: hostname mismatch\nServer Temp Key: X25519, 253 bits\nDONE\n`,
    ],
    [
      '2380',
      `-CAfile ca.crt ${own}`,
      0,
      `${NAME}${EXPIRED}${BRIEF}Verification error: certificate has expired\nServer Temp Key: X25519, 253 bits\nDONE\n`,
    ],
    [
      '2380',
      `-CAfile ca.crt ${own} -verify_return_error`,
      1,
      `${NAME}${EXPIRED.replace(/(notAfter.*\n)\1/, '$1')}THREAD:error:0A000086:SSL routines:tls_post_process_server_certificate:certificate verify failed:../ssl/statem/statem_clnt.c:1889:\n`,
    ],
    [
      '2381',
      '',
      1,
      'THREAD:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:../ssl/record/ssl3_record.c:350:\n',
    ],
    [
      '9',
      '',
      1,
      'THREAD:error:8000006F:system library:BIO_connect:Connection refused:../crypto/bio/bio_sock2.c:117:calling connect()\nTHREAD:error:10000067:BIO routines:BIO_connect:connect error:../crypto/bio/bio_sock2.c:119:\nconnect:errno=111\n',
    ],
  ])('port %s %s', (port, options, status, stderr) => {
    const result = sim.run(`s_client -connect 127.0.0.1:${port} ${options} -brief`)
    expect([result.status, stable(result.stderr), result.stdout]).toEqual([status, stderr, ''])
  })

  test('the long form', () => {
    const { stdout, stderr } = sim.run(`s_client -connect 127.0.0.1:2380 -CAfile ca.crt ${own}`)
    expect(stderr).toBe(`${NAME}depth=1 CN = etcd-ca
verify return:1
depth=0 CN = controlplane
verify error:num=10:certificate has expired
notAfter=Nov 20 02:40:06 2026 GMT
verify return:1
depth=0 CN = controlplane
notAfter=Nov 20 02:40:06 2026 GMT
verify return:1
DONE
`)
    expect(
      stdout.replace(/(BEGIN CERTIFICATE-----\n)[^-]*/, '$1').replace(/has read \d+ bytes and written \d+/, 'IO'),
    ).toBe(`CONNECTED(00000003)
---
Certificate chain
 0 s:CN = controlplane
   i:CN = etcd-ca
   a:PKEY: rsaEncryption, 2048 (bit); sigalg: RSA-SHA256
   v:NotBefore: Aug  8 22:40:06 2026 GMT; NotAfter: Nov 20 02:40:06 2026 GMT
---
Server certificate
-----BEGIN CERTIFICATE-----
-----END CERTIFICATE-----
subject=CN = controlplane
issuer=CN = etcd-ca
---
Acceptable client certificate CA names
CN = etcd-ca
Requested Signature Algorithms: RSA-PSS+SHA256:ECDSA+SHA256:ed25519:RSA-PSS+SHA384:RSA-PSS+SHA512:ECDSA+SHA384:ECDSA+SHA512
Shared Requested Signature Algorithms: RSA-PSS+SHA256:ECDSA+SHA256:ed25519:RSA-PSS+SHA384:RSA-PSS+SHA512:ECDSA+SHA384:ECDSA+SHA512
Peer signing digest: SHA256
Peer signature type: RSA-PSS
Server Temp Key: X25519, 253 bits
---
SSL handshake IO bytes
Verification error: certificate has expired
---
New, TLSv1.3, Cipher is TLS_AES_128_GCM_SHA256
Server public key is 2048 bit
Secure Renegotiation IS NOT supported
Compression: NONE
Expansion: NONE
No ALPN negotiated
Early data was not sent
Verify return code: 10 (certificate has expired)
---
`)
    // A healthy etcd of the recording: 1506 bytes read, 2243 written.
    expect(sim.run(`s_client -connect 127.0.0.1:2379 ${own}`).stdout).toContain(
      'read 1506 bytes and written 2243 bytes',
    )
  })

  test('the server tells why it refused', () => {
    log.length = 0
    sim.run('s_client -connect 127.0.0.1:2379')
    expect(log).toEqual(["127.0.0.1:40000 tls: client didn't provide a certificate"])
  })
})
