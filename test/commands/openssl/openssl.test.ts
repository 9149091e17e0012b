import { execFileSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Rng, textToBytes } from '../../../src/kernel/index.ts'
import { generateEcKey, generateRsaKey, newControlPlaneCerts, newSharedPki, pkiFiles } from '../../../src/pki/index.ts'
import { hasOpenssl } from '../../pki/openssl.ts'
import { opensslHost, stable } from './sim.ts'

const now = Math.floor(Date.now() / 1000) * 1000
const sim = opensslHost(now)
const issuing = { rng: new Rng('ossl'), now }
const shared = newSharedPki(issuing)
const host = {
  nodeName: 'controlplane',
  advertiseAddress: '192.168.56.11',
  apiServiceIp: '10.96.0.1',
  dnsDomain: 'cluster.local',
  extraSans: [],
}
for (const f of pkiFiles(shared, newControlPlaneCerts(shared, host, issuing)))
  sim.write(f.path.replace('/', '-'), f.content())
sim.write('jane.key', generateRsaKey(issuing.rng).pkcs8Pem)
sim.write('ec.key', generateEcKey(issuing.rng).pem)
sim.write('hostname', 'controlplane\n')
sim.write('broken.crt', shared.ca.cert.pem.replace('MII', '!!!'))
sim.write('cut.crt', shared.ca.cert.pem.replace(/\n[^\n]+\n/, '\n'))
sim.write(
  'ext.cnf',
  '[ v3 ]\nsubjectAltName=@alt\nextendedKeyUsage = serverAuth,clientAuth\nkeyUsage=critical,digitalSignature\n[alt]\nDNS.1=x.lab\nIP.1=::1\n',
)
const setup = [
  'req -new -key jane.key -subj /O=devs/CN=jane -out jane.csr',
  'req -new -key ec.key -subj /CN=e -addext subjectAltName=DNS:a,DNS:b,IP:10.0.0.1 -out e.csr',
  'req -x509 -key jane.key -subj /CN=my-ca -days 10 -out my.crt',
  "req -x509 -key jane.key -subj '/C=FR/ST=x/O=Comma, Inc/CN=web.lab/emailAddress=a@b.c' -days 1 -addext subjectAltName=DNS:web.lab -out web.crt",
  'x509 -req -in jane.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 1 -out jane.crt',
  'x509 -req -in e.csr -CA my.crt -CAkey jane.key -set_serial 77 -days 5 -extfile ext.cnf -extensions v3 -out e.crt',
  'x509 -req -in e.csr -CA jane.crt -CAkey jane.key -set_serial 0x1234567890abcdef01 -days 5 -extfile ext.cnf -extensions v3 -out notca.crt',
  'rsa -in jane.key -pubout -out jane.pub',
  'rsa -in jane.key -outform DER -out jane.der',
  'rsa -in jane.key -aes256 -passout pass:secret -out sealed.key',
  'pkcs12 -export -in jane.crt -inkey jane.key -certfile ca.crt -name jane -passout pass:secret -out jane.p12',
]

const dir = mkdtempSync(join(tmpdir(), 'notready-ossl-'))
const real = (args: string, stdin = ''): { stdout: string; stderr: string; status: number } => {
  const out = execFileSync('bash', ['-c', `openssl ${args} 2>err; echo "status=$?"`], {
    cwd: dir,
    input: stdin,
    encoding: 'utf8',
  })
  const cut = out.lastIndexOf('status=')
  const stderr = execFileSync('cat', ['err'], { cwd: dir, encoding: 'utf8' })
  return { stdout: out.slice(0, cut), stderr, status: Number(out.slice(cut + 7)) }
}

/** Another patch release of 3.0 says the same with its own version, from other lines of its source. */
const comparable = <T extends { stdout: string; stderr: string }>(result: T): T => ({
  ...result,
  stdout: result.stdout.replace(/OpenSSL 3\.0\.\d+ \d+ \w+ \d+/g, 'OpenSSL 3.0'),
  stderr: stable(result.stderr).replace(/(\.c):\d+:/g, '$1:LINE:'),
})

describe('the same as the real openssl, on the same files', () => {
  for (const line of setup) expect([line, sim.run(line).status]).toEqual([line, 0])
  for (const [name] of sim.host.fs.readdir('/w')) writeFileSync(join(dir, name), textToBytes(sim.file(name)))

  test
    .runIf(hasOpenssl)
    .each([
      ...['ca.crt', 'apiserver.crt', 'etcd-server.crt', 'jane.crt', 'e.crt', 'notca.crt', 'web.crt', 'my.crt'].flatMap(
        (f) => [
          `x509 -in ${f} -noout -text`,
          `x509 -in ${f} -noout -subject -issuer -serial -hash -issuer_hash -fingerprint -modulus -pubkey -dates`,
          `x509 -in ${f} -noout -purpose`,
          `x509 -in ${f} -noout -ext subjectAltName,keyUsage`,
        ],
      ),
      'x509 -in ca.crt',
      'pkcs12 -in jane.p12 -passin pass:secret -nodes',
      'pkcs12 -in jane.p12 -passin pass:secret -info -noout',
      'pkcs12 -in jane.p12 -passin pass:secret -nokeys -clcerts',
      'pkcs12 -in jane.p12 -password pass:secret -nokeys -cacerts',
      'pkcs12 -in jane.p12 -passin pass:wrong -nodes',
      'pkcs12 -in jane.p12 -passin wrong -nodes',
      'pkcs12 -in ca.crt -passin pass:',
      'pkcs12 -export -in ca.crt -inkey jane.key -out no.p12 -passout pass:',
      'pkcs12 -export -in ca.crt -inkey ec.key -out no.p12 -passout pass:',
      'rsa -in jane.der -noout -check -modulus',
      'rsa -in sealed.key -passin pass:secret',
      'rsa -in sealed.key -passin pass:wrong',
      'pkey -in jane.der -inform DER -pubout',
      'req -new -key sealed.key -passin pass:secret -subj /CN=x',
      'x509 -in ca.crt -text -certopt no_pubkey,no_sigdump,no_serial',
      'x509 -in apiserver.crt -noout -fingerprint -sha256',
      'x509 -in apiserver.crt -noout -startdate -enddate -dateopt iso_8601',
      'x509 -in apiserver.crt -noout -checkend 0',
      'x509 -in apiserver.crt -noout -checkend 99999999',
      'x509 -in apiserver.crt -checkend 10',
      'x509 -in apiserver.crt -noout -checkhost kubernetes.default -checkip 10.0.0.1',
      'x509 -in apiserver.crt -noout -checkip 10.96.0.1',
      'x509 -in web.crt -noout -subject -nameopt RFC2253',
      'x509 -in jane.crt -noout -subject -nameopt compat',
      'x509 -in jane.crt -noout -subject -nameopt multiline',
      'x509 -in apiserver.crt -noout -nosuchflag',
      'x509 -in nope.crt -noout',
      'x509 -in ca.key -noout',
      'x509 -in hostname -noout -text',
      'x509 -in /tmp -noout',
      'x509 -in jane.csr -noout',
      'x509 -in cut.crt -noout',
      'rsa -in jane.csr -noout',
      'pkey -in ca.crt -noout',
      'rsa -in jane.pub -noout',
      'rsa -pubin -in jane.key -noout',
      'ec -in ca.crt',
      'verify -CAfile broken.crt ca.crt',
      'verify -CAfile cut.crt ca.crt',
      'x509 -in',
      'x509 -in ca.crt -noout -checkend abc',
      'x509 -req -in jane.csr -CA ca.crt -CAkey apiserver.key',
      'x509 -req -in nope.csr -CA ca.crt -CAkey ca.key',
      'x509 -req -in jane.csr -CA nope.crt -CAkey ca.key',
      'x509 -req -in jane.csr -CA ca.crt',
      'x509 -req -in jane.csr',
      'x509 -req -in jane.csr -CA ca.crt -CAkey nope.key',
      'req -in jane.csr -noout -text',
      'req -in e.csr -noout -text -verify -subject',
      'req -in e.csr -pubkey',
      'req -in jane.key -noout',
      'req -in nope -noout',
      'req -new -key jane.key -subj CN=x',
      'req -new -key jane.key -subj /FOO=x/CN=y -noout -subject',
      'req -new -key jane.key -subj /CN=x -addext foo=bar',
      'req -new -key jane.key -subj /CN=x',
      'req -new -key nope.key -subj /CN=x',
      'verify -CAfile ca.crt apiserver.crt apiserver-kubelet-client.crt jane.crt',
      'verify -CAfile ca.crt etcd-server.crt',
      'verify -CAfile etcd-ca.crt etcd-server.crt ca.crt nope.crt hostname',
      'verify apiserver.crt',
      'verify -CAfile ca.crt ca.crt',
      'verify -CAfile nope.crt ca.crt',
      'verify -CAfile ca.key ca.crt',
      'verify -CAfile my.crt e.crt web.crt',
      'verify -CAfile ca.crt -untrusted jane.crt notca.crt',
      'verify -untrusted ca.crt apiserver.crt',
      'verify -trusted ca.crt -show_chain apiserver.crt',
      'verify -verify_ip 10.0.0.1 -CAfile etcd-ca.crt etcd-server.crt',
      'verify -verify_hostname nope -CAfile ca.crt apiserver.crt',
      'verify -purpose sslserver -CAfile ca.crt apiserver.crt apiserver-kubelet-client.crt',
      'verify -foo',
      'rsa -in jane.key -noout -text -check -modulus',
      'rsa -in ca.key',
      'rsa -in ca.key -pubout',
      'rsa -in jane.key -traditional',
      'rsa -pubin -in jane.pub -text -noout',
      'rsa -in ec.key -noout',
      'rsa -in nope.key',
      'rsa -in hostname',
      'pkey -in ec.key -text',
      'pkey -in ca.key -pubout',
      'pkey -in ca.key -check -noout',
      'ec -in ec.key -text',
      'ec -in ec.key -pubout',
      'ecparam -name prime256v1',
      'ecparam -name foo',
      'genrsa -foo',
      'genrsa abc',
      'genpkey',
      'genpkey -algorithm FOO',
      'dgst -sha256 hostname',
      'dgst hostname jane.csr',
      'md5 hostname',
      'sha1 -r hostname nope',
      'dgst -foo hostname',
      'dgst -hmac key hostname',
      'base64 -in jane.csr',
      'base64 -in nope',
      'enc -base64 -A -in hostname',
      'passwd -6 -salt abcdefgh secret',
      'passwd -5 -salt abc secret',
      'passwd -1 -salt abcdefgh secret',
      'passwd -apr1 -salt abcdefgh secret',
      'rand -hex abc',
      'version',
      'version -d',
      'foo',
      'help',
      's_client -foo',
      's_client -connect localhost:1 -CAfile nope.crt',
      's_client -connect localhost:1 -cert jane.crt -key ca.key',
    ])('openssl %s', (args) => {
    const [ours, theirs] = [sim.run(args), real(args)]
    expect(comparable(ours)).toEqual(comparable(theirs))
  })

  test.runIf(hasOpenssl)('standard input', () => {
    for (const [args, text] of [
      ['dgst -sha256', 'hi\n'],
      ['md5', 'hi\n'],
      ['base64 -d', 'aGkK\n'],
      ['x509 -noout -subject', sim.file('ca.crt')],
      ['verify -CAfile ca.crt', sim.file('ca.crt')],
      ['req -noout -subject', sim.file('jane.csr')],
      ['x509 -noout', ''],
    ]) {
      const [ours, theirs] = [sim.run(args, text), real(args, text)]
      expect({ args, ...comparable(ours) }).toEqual({ args, ...comparable(theirs) })
    }
  })
})

describe('what it makes', () => {
  test('a serial file counts on', () => {
    const first = BigInt(`0x${sim.file('ca.srl').trim()}`)
    sim.run('x509 -req -in jane.csr -CA ca.crt -CAkey ca.key -out j2.crt')
    expect(BigInt(`0x${sim.file('ca.srl').trim()}`)).toBe(first + 1n)
    expect(sim.run('x509 -in j2.crt -noout -serial').stdout).toBe(`serial=${sim.file('ca.srl')}`)
  })

  test('a new key and a self-signed certificate in one go', () => {
    const made = sim.run(
      'req -x509 -newkey rsa:2048 -nodes -keyout self.key -out self.crt -subj /O=system:masters/CN=evil -days 3',
    )
    expect([made.status, made.stdout, stable(made.stderr)]).toEqual([0, '', 'DOTS\nDOTS\n-----\n'])
    expect(sim.run('verify -CAfile self.crt self.crt').stdout).toBe('self.crt: OK\n')
    expect(sim.host.fs.resolve('/w/self.key').mode).toBe(0o600)
  })

  test('questions for a subject', () => {
    const asked = sim.run('req -new -key jane.key -out q.csr', 'FR\n.\n\nLab\n\nbob\n\n\n\n')
    expect(asked.stderr.split('\n').at(-1)).toBe('A challenge password []:An optional company name []:')
    expect(sim.run('req -in q.csr -noout -subject').stdout).toBe('subject=C = FR, O = Lab, CN = bob\n')
  })

  test('what is beyond the simulation says so', () => {
    expect(sim.run('enc -camellia-256-cbc -in hostname')).toEqual({
      status: 127,
      stdout: '',
      stderr: 'openssl: not simulated: encryption with camellia-256-cbc\n',
    })
    expect(sim.run('pkcs12 -export -legacy').stderr).toBe('openssl: not simulated: pkcs12 -legacy\n')
  })
})
