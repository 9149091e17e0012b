import { describe, expect, test } from 'vitest'
import { oneline } from '../../src/commands/openssl/name-format.ts'
import { Rng } from '../../src/kernel/index.ts'
import { KUBECONFIGS, newControlPlaneCerts, newKubeconfigCert, newSharedPki, pkiFiles } from '../../src/pki/index.ts'
import { hasOpenssl, realOpenssl } from './openssl.ts'

const NOW = Date.UTC(2026, 10, 21, 2, 40, 6)
const host = {
  nodeName: 'controlplane',
  advertiseAddress: '192.168.56.10',
  apiServiceIp: '10.96.0.1',
  dnsDomain: 'cluster.local',
  extraSans: [],
}
const make = (seed: string) => {
  const issuing = { rng: new Rng(seed), now: NOW }
  const shared = newSharedPki(issuing)
  return { shared, leaves: newControlPlaneCerts(shared, host, issuing), issuing }
}

describe('the PKI that kubeadm makes', () => {
  const { shared, leaves, issuing } = make('a')
  const files = pkiFiles(shared, leaves)
  const text = (path: string): string => files.find((f) => f.path === path)!.content()

  test('every file has the size that was promised before it was rendered', () => {
    for (const file of files) expect([file.path, file.content().length]).toEqual([file.path, file.size])
  })

  // Sizes from recordings/kubeadm/h01: they depend on subjects, extensions and their encoding. A serial number that
  // begins with small bytes makes a certificate a few bytes shorter.
  test.each([
    ['ca.crt', 1107],
    ['apiserver.crt', 1289],
    ['apiserver-kubelet-client.crt', 1131],
    ['apiserver-etcd-client.crt', 1123],
    ['front-proxy-ca.crt', 1123],
    ['front-proxy-client.crt', 1119],
    ['etcd/ca.crt', 1094],
    ['etcd/healthcheck-client.crt', 1123],
    ['etcd/peer.crt', 1208],
    ['etcd/server.crt', 1208],
    ['sa.pub', 451],
  ])('%s has %i bytes, as the real one', (path, size) => {
    expect(text(path).length).toBe(size)
  })

  test('the same seed gives the same bytes, another seed other ones', () => {
    const again = make('a')
    const other = make('b')
    const all = (m: ReturnType<typeof make>): string =>
      pkiFiles(m.shared, m.leaves)
        .map((f) => f.content())
        .join('')
    expect(all(again)).toBe(files.map((f) => f.content()).join(''))
    expect(all(other)).not.toBe(all(again))
  })

  test.runIf(hasOpenssl)('the real openssl verifies the chains and the keys', () => {
    const all = Object.fromEntries(files.map((f) => [f.path.replace('/', '-'), f.content()]))
    expect(
      realOpenssl(`verify -attime ${NOW / 1000} -CAfile ca.crt apiserver.crt apiserver-kubelet-client.crt`, all),
    ).toBe('apiserver.crt: OK\napiserver-kubelet-client.crt: OK\n')
    expect(realOpenssl(`verify -attime ${NOW / 1000} -CAfile etcd-ca.crt etcd-server.crt etcd-peer.crt`)).toBe(
      'etcd-server.crt: OK\netcd-peer.crt: OK\n',
    )
    expect(realOpenssl('rsa -in apiserver.key -check -noout')).toBe('RSA key ok\n')
    expect(realOpenssl('x509 -in apiserver.crt -noout -pubkey')).toBe(realOpenssl('pkey -in apiserver.key -pubout'))
  })

  test.runIf(hasOpenssl)('subjects and extensions print as recorded', () => {
    const out = realOpenssl(
      'x509 -in apiserver.crt -noout -subject -issuer -dates -ext subjectAltName,extendedKeyUsage,keyUsage,basicConstraints',
      { 'apiserver.crt': text('apiserver.crt') },
    )
    expect(out).toBe(`subject=CN = kube-apiserver
issuer=CN = kubernetes
notBefore=Nov 21 02:35:06 2026 GMT
notAfter=Nov 21 02:40:06 2027 GMT
X509v3 Key Usage: critical
    Digital Signature, Key Encipherment
X509v3 Extended Key Usage: 
    TLS Web Server Authentication
X509v3 Basic Constraints: critical
    CA:FALSE
X509v3 Subject Alternative Name: 
    DNS:controlplane, DNS:kubernetes, DNS:kubernetes.default, DNS:kubernetes.default.svc, DNS:kubernetes.default.svc.cluster.local, IP Address:10.96.0.1, IP Address:192.168.56.10
`)
    const ca = realOpenssl('x509 -in ca.crt -noout -subject -enddate -ext keyUsage,basicConstraints,subjectAltName', {
      'ca.crt': text('ca.crt'),
    })
    expect(ca).toBe(`subject=CN = kubernetes
notAfter=Nov 18 02:40:06 2036 GMT
X509v3 Key Usage: critical
    Digital Signature, Key Encipherment, Certificate Sign
X509v3 Basic Constraints: critical
    CA:TRUE
X509v3 Subject Alternative Name: 
    DNS:kubernetes
`)
  })

  test('client certificates of the kubeconfig files', () => {
    const subjects = KUBECONFIGS.map((k) =>
      oneline(newKubeconfigCert(k, 'controlplane', shared.ca, issuing).cert.subject),
    )
    expect(subjects).toEqual([
      'O = kubeadm:cluster-admins, CN = kubernetes-admin',
      'O = system:masters, CN = kubernetes-super-admin',
      'O = system:nodes, CN = system:node:controlplane',
      'CN = system:kube-controller-manager',
      'CN = system:kube-scheduler',
    ])
  })
})
