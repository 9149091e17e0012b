import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { oneline } from '../../../src/commands/openssl/name-format.ts'
import { decodePem, parseCertificate } from '../../../src/pki/index.ts'
import { normalise } from '../../recordings/normalise.ts'
import { machine } from './sim.ts'

const START = Date.UTC(2026, 10, 21, 2, 40, 2)
const recording = (name: string): any =>
  parse(readFileSync(new URL(`../../recordings/${name}.yaml`, import.meta.url), 'utf8'), { version: '1.1' })

describe('kubeadm without a cluster, as recorded (kubeadm/h01)', () => {
  const doc = recording('kubeadm/h01-kubeadm-offline')
  const m = machine('vm', '192.168.56.10', START)
  const { fs } = m.host
  const config = doc.steps.find((s: any) => s.cmd === 'cat $R/tmp/kubeadm-config.yaml').stdout
  fs.writeFile('/tmp/kubeadm-config.yaml', config)
  // What needs a runtime, a resolver or a dry run is not here.
  const skipped = /preflight|kubeadm init --config|dry-run|migrate|reset|upgrade node|kubelet-start|check-expiration$/
  let keyed = ''
  for (const step of doc.steps) {
    const { cmd } = step
    const plain = /^chroot \$R (kubeadm[^|;&>]*)$/.exec(cmd)?.[1]
    if (cmd.startsWith('mv $R/etc/kubernetes/pki/ca.key')) {
      test('the authority without its key', () => {
        fs.rename('/etc/kubernetes/pki/ca.key', '/tmp/ca.key')
        expect(m.run('kubeadm certs renew apiserver --config /tmp/kubeadm-config.yaml').stdout).toBe(step.stdout)
        fs.rename('/tmp/ca.key', '/etc/kubernetes/pki/ca.key')
      })
    } else if (cmd.startsWith('mv $R/etc/kubernetes/pki/apiserver-etcd-client.crt')) {
      test('a missing certificate', () => {
        fs.rename('/etc/kubernetes/pki/apiserver-etcd-client.crt', '/tmp/x')
        const { stdout } = m.run('kubeadm certs check-expiration --config /tmp/kubeadm-config.yaml')
        fs.rename('/tmp/x', '/etc/kubernetes/pki/apiserver-etcd-client.crt')
        expect(normalise(stdout)).toBe(normalise(step.stdout))
      })
    } else if (plain && !skipped.test(plain)) {
      test(`${plain}${(keyed += '\u200b')}`, () => {
        m.kernel.runUntil(START + step.at * 1000)
        const result = m.run(plain)
        const shown = (s: { stdout: string; stderr: string }): string[] =>
          [s.stdout, s.stderr].map((t) =>
            normalise(t)
              .replace(/residualTime": \d+/g, 'residualTime": N')
              .replace(/[a-z0-9]{6}\.[a-z0-9]{16}\n$/, 'TOKEN\n'),
          )
        expect([result.status, ...shown(result)]).toEqual([step.exit, ...shown(step)])
      })
    }
  }

  test('tables keep their columns to the blank', () => {
    const want = doc.steps.find(
      (s: any) => s.cmd === 'chroot $R kubeadm certs check-expiration --config /tmp/kubeadm-config.yaml',
    ).stdout
    expect(machine('vm', '1.2.3.4', START).run('kubeadm certs check-expiration').stdout).toBe(want)
  })

  test('a renewed certificate has a new key and the same names', () => {
    const pem = (): string => fs.readFile('/etc/kubernetes/pki/apiserver.crt')
    const before = parseCertificate(decodePem(pem())[0].bytes)
    m.kernel.advance(60_000)
    m.run('kubeadm certs renew apiserver --config /tmp/kubeadm-config.yaml')
    const after = parseCertificate(decodePem(pem())[0].bytes)
    expect([after.dnsNames, after.ipAddresses, oneline(after.subject)]).toEqual([
      before.dnsNames,
      before.ipAddresses,
      oneline(before.subject),
    ])
    expect(after.publicKey.equals(before.publicKey)).toBe(false)
    expect(after.notAfter - before.notAfter).toBeGreaterThanOrEqual(60_000)
  })

  test('a certificate that is there is taken although it lacks a name (as recorded after a renewal)', () => {
    expect(
      m.run('kubeadm init phase certs apiserver --kubernetes-version v1.36.4 --apiserver-cert-extra-sans foo.lab'),
    ).toMatchObject({ status: 0, stdout: '[certs] Using existing apiserver certificate and key on disk\n', stderr: '' })
  })
})

describe('before init, and help (node/kubeadm-01 and -04)', () => {
  const m = machine('cp1', '172.30.1.2', START)
  const skipped = /kubeadm init |reset|--cert-dir|dry-run|config validate|generate-csr|sed|preflight|sha256:0000/
  for (const name of ['node/kubeadm-01-before-init', 'node/kubeadm-04-phases-offline'])
    for (const step of recording(name).steps) {
      if (!step.cmd.startsWith('kubeadm') || (skipped.test(step.cmd) && step.cmd !== 'kubeadm init phase --help'))
        continue
      test(step.cmd, () => {
        const result = m.run(step.cmd)
        const shown = (t: string): string =>
          normalise(t).replace(/^([a-z0-9]{6}\.[a-z0-9]{16}|[0-9a-f]{64})$/m, 'SECRET')
        expect([result.status, shown(result.stdout), shown(result.stderr)]).toEqual([
          step.exit,
          shown(step.stdout),
          shown(step.stderr),
        ])
      })
    }
})
