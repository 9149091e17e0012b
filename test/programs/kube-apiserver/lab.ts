import { kubeApiserver } from '../../../src/programs/kube-apiserver/index.ts'
import type { EtcdLab } from '../etcd/lab.ts'

const PKI = '/etc/kubernetes/pki'

/** Flags of a kubeadm 1.36 manifest. */
export const FLAGS: Readonly<Record<string, string>> = {
  'advertise-address': '192.168.56.11',
  'allow-privileged': 'true',
  'authorization-mode': 'Node,RBAC',
  'client-ca-file': `${PKI}/ca.crt`,
  'enable-admission-plugins': 'NodeRestriction',
  'enable-bootstrap-token-auth': 'true',
  'etcd-cafile': `${PKI}/etcd/ca.crt`,
  'etcd-certfile': `${PKI}/apiserver-etcd-client.crt`,
  'etcd-keyfile': `${PKI}/apiserver-etcd-client.key`,
  'etcd-servers': 'https://127.0.0.1:2379',
  'kubelet-client-certificate': `${PKI}/apiserver-kubelet-client.crt`,
  'kubelet-client-key': `${PKI}/apiserver-kubelet-client.key`,
  'kubelet-preferred-address-types': 'InternalIP,ExternalIP,Hostname',
  'proxy-client-cert-file': `${PKI}/front-proxy-client.crt`,
  'proxy-client-key-file': `${PKI}/front-proxy-client.key`,
  'requestheader-allowed-names': 'front-proxy-client',
  'requestheader-client-ca-file': `${PKI}/front-proxy-ca.crt`,
  'requestheader-extra-headers-prefix': 'X-Remote-Extra-',
  'requestheader-group-headers': 'X-Remote-Group',
  'requestheader-username-headers': 'X-Remote-User',
  'secure-port': '6443',
  'service-account-issuer': 'https://kubernetes.default.svc.cluster.local',
  'service-account-key-file': `${PKI}/sa.pub`,
  'service-account-signing-key-file': `${PKI}/sa.key`,
  'service-cluster-ip-range': '10.96.0.0/12',
  'tls-cert-file': `${PKI}/apiserver.crt`,
  'tls-private-key-file': `${PKI}/apiserver.key`,
}

/** Starts kube-apiserver on a host of the lab with kubeadm's flags, changed; undefined drops a flag. */
export function startApiserver(lab: EtcdLab, i: number, change: Record<string, string | undefined> = {}) {
  const flags = { ...FLAGS, 'advertise-address': `192.168.56.1${i + 1}`, ...change }
  const argv = Object.entries(flags).flatMap(([k, v]) => (v === undefined ? [] : [`--${k}=${v}`]))
  return lab.run(i, kubeApiserver, ['kube-apiserver', ...argv])
}
