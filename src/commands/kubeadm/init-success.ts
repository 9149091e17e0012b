import type { Process } from '../../host/index.ts'
import type { Client } from './client.ts'
import { loadCert } from './files.ts'
import type { Settings } from './settings.ts'
import { caHash } from './token.ts'

/** What init says at its end. `key`: with which joining control planes open the uploaded certificates; empty when there are none. */
export function success(p: Process, { cluster }: Settings, client: Client, token: string, key: string): string {
  const server = client.config.server.replace('https://', '')
  const hash = caHash(loadCert(p, `${cluster.certificatesDir}/ca`).pem)
  return `
Your Kubernetes control-plane has initialized successfully!

To start using your cluster, you need to run the following as a regular user:

  mkdir -p $HOME/.kube
  sudo cp -i /etc/kubernetes/admin.conf $HOME/.kube/config
  sudo chown $(id -u):$(id -g) $HOME/.kube/config

Alternatively, if you are the root user, you can run:

  export KUBECONFIG=/etc/kubernetes/admin.conf

You should now deploy a pod network to the cluster.
Run "kubectl apply -f [podnetwork].yaml" with one of the options listed at:
  https://kubernetes.io/docs/concepts/cluster-administration/addons/

${
  cluster.controlPlaneEndpoint
    ? `${
        key
          ? 'You can now join any number of control-plane nodes running the following command on each as root:'
          : `You can now join any number of control-plane nodes by copying certificate authorities
and service account keys on each node and then running the following as root:`
      }

  kubeadm join ${server} --token ${token} \\
	--discovery-token-ca-cert-hash ${hash} \\
	--control-plane ${key ? `--certificate-key ${key}` : ''}

${
  key
    ? `Please note that the certificate-key gives access to cluster sensitive data, keep it secret!
As a safeguard, uploaded-certs will be deleted in two hours; If necessary, you can use
"kubeadm init phase upload-certs --upload-certs" to reload certs afterward.

`
    : ''
}`
    : ''
}Then you can join any number of worker nodes by running the following on each as root:

kubeadm join ${server} --token ${token} \\
	--discovery-token-ca-cert-hash ${hash} 
`
}
