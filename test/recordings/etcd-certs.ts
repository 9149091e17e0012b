import type { World } from '../../src/cluster/index.ts'
import { configOf, type LeafConfig, newLeaf, parseCertsPem } from '../../src/pki/index.ts'

const DAY = 86_400_000

/** The certificates in /root/lab of the etcd recordings: expired yesterday, valid from in two days, for other addresses. */
export function layLabCertificates(world: World): void {
  const host = world.home
  const { etcdCa } = world.installed.pki
  const now = world.now()
  const rng = world.kernel.rng.fork('lab certificates')
  host.fs.mkdir('/root/lab', { parents: true })
  const like = (name: string): LeafConfig =>
    configOf(parseCertsPem(host.fs.readFile(`/etc/kubernetes/pki/etcd/${name}.crt`))[0])
  const lay = (name: string, config: LeafConfig, notBefore = now - DAY, notAfter = now + 365 * DAY): void => {
    const { cert, key } = newLeaf(config, etcdCa, { rng, now, notBefore, notAfter })
    host.fs.writeFile(`/root/lab/${name}.crt`, cert.pem)
    host.fs.writeFile(`/root/lab/${name}.key`, key.pem)
  }
  for (const [name, of] of [
    ['server', 'server'],
    ['peer', 'peer'],
    ['client', 'healthcheck-client'],
  ])
    lay(`expired-${name}`, like(of), now - 366 * DAY, now - DAY)
  lay('future-server', like('server'), now + 2 * DAY, now + 367 * DAY)
  const elsewhere = { dns: ['localhost', 'otherhost'], ips: ['10.0.0.5', '127.0.0.1'] }
  lay('wrongsan-server', { ...like('server'), ...elsewhere })
  lay('wrongsan-peer', { ...like('peer'), ...elsewhere })
  lay('serveronly', { ...like('server'), usages: ['serverAuth'] })
  host.fs.writeFile('/root/lab/empty.crt', '')
  layLabPki(world)
}

/** The rest of the lab's PKI was made by an older kubeadm, and only what etcd's lessons need. */
function layLabPki(world: World): void {
  const pki = '/etc/kubernetes/pki'
  const { fs } = world.home
  const name = 'apiserver-kubelet-client'
  const like = configOf(parseCertsPem(fs.readFile(`${pki}/${name}.crt`))[0])
  const now = world.now()
  const { cert, key } = newLeaf({ ...like, organizations: ['kubeadm:cluster-admins'] }, world.installed.pki.ca, {
    rng: world.kernel.rng.fork('lab pki'),
    now,
    notBefore: now - DAY,
    notAfter: now + 365 * DAY,
  })
  fs.writeFile(`${pki}/${name}.crt`, cert.pem)
  fs.writeFile(`${pki}/${name}.key`, key.pem)
  world.run(`cd ${pki}; rm -f apiserver.* front-proxy-* sa.*`)
}
