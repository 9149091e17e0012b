import type { Page } from './page.ts'

/** Pages of `kubeadm certs`. */
export const CERTS: readonly Page[] = [
  {
    path: 'certs',
    short: 'Commands related to handling Kubernetes certificates',
    aliases: ['certificates'],
    group: true,
  },
  {
    path: 'certs certificate-key',
    short: 'Generate certificate keys',
    long: `
This command will print out a secure randomly-generated certificate key that can be used with
the "init" command.

You can also use "kubeadm init --upload-certs" without specifying a certificate key and it will
generate and print one for you.`,
  },
  {
    path: 'certs check-expiration',
    short: 'Check certificates expiration for a Kubernetes cluster',
    long: 'Checks expiration for the certificates in the local PKI managed by kubeadm.',
    flags: 'allow-missing-template-keys cert-dir.certs config kubeconfig output show-managed-fields',
  },
  {
    path: 'certs generate-csr',
    short: 'Generate keys and certificate signing requests',
    long: `Generates keys and certificate signing requests (CSRs) for all the certificates required to run the control plane. This command also generates partial kubeconfig files with private key data in the  "users > user > client-key-data" field, and for each kubeconfig file an accompanying ".csr" file is created.

This command is designed for use in [Kubeadm External CA Mode](https://kubernetes.io/docs/tasks/administer-cluster/kubeadm/kubeadm-certs/#external-ca-mode). It generates CSRs which you can then submit to your external certificate authority for signing.

The PEM encoded signed certificates should then be saved alongside the key files, using ".crt" as the file extension, or in the case of kubeconfig files, the PEM encoded signed certificate should be base64 encoded and added to the kubeconfig file in the "users > user > client-certificate-data" field.`,
    example: `  # The following command will generate keys and CSRs for all control-plane certificates and kubeconfig files:
  kubeadm certs generate-csr --kubeconfig-dir /tmp/etc-k8s --cert-dir /tmp/etc-k8s/pki`,
    flags: 'cert-dir.certs2 config kubeconfig-dir',
  },
  { path: 'certs renew', short: 'Renew certificates for a Kubernetes cluster', group: true },
  {
    path: 'certs renew admin.conf',
    short: 'Renew the certificate embedded in the kubeconfig file for the admin to use and for kubeadm itself',
    long: `Renew the certificate embedded in the kubeconfig file for the admin to use and for kubeadm itself.

Renewals run unconditionally, regardless of certificate expiration date; extra attributes such as SANs will be based on the existing file/certificates, there is no need to resupply them.

Renewal by default tries to use the certificate authority in the local PKI managed by kubeadm; as alternative it is possible to use K8s certificate API for certificate renewal, or as a last option, to generate a CSR request.

After renewal, in order to make changes effective, is required to restart control-plane components and eventually re-distribute the renewed certificate in case the file is used elsewhere.`,
    flags: 'cert-dir.certs config kubeconfig',
  },
  {
    path: 'certs renew all',
    short: 'Renew all available certificates',
    long: 'Renew all known certificates necessary to run the control plane. Renewals are run unconditionally, regardless of expiration date. Renewals can also be run individually for more control.',
    flags: 'cert-dir.certs config kubeconfig',
  },
  {
    path: 'certs renew apiserver',
    short: 'Renew the certificate for serving the Kubernetes API',
    long: `Renew the certificate for serving the Kubernetes API.

Renewals run unconditionally, regardless of certificate expiration date; extra attributes such as SANs will be based on the existing file/certificates, there is no need to resupply them.

Renewal by default tries to use the certificate authority in the local PKI managed by kubeadm; as alternative it is possible to use K8s certificate API for certificate renewal, or as a last option, to generate a CSR request.

After renewal, in order to make changes effective, is required to restart control-plane components and eventually re-distribute the renewed certificate in case the file is used elsewhere.`,
    flags: 'cert-dir.certs config kubeconfig',
  },
  {
    path: 'certs renew apiserver-etcd-client',
    short: 'Renew the certificate the apiserver uses to access etcd',
    long: `Renew the certificate the apiserver uses to access etcd.

Renewals run unconditionally, regardless of certificate expiration date; extra attributes such as SANs will be based on the existing file/certificates, there is no need to resupply them.

Renewal by default tries to use the certificate authority in the local PKI managed by kubeadm; as alternative it is possible to use K8s certificate API for certificate renewal, or as a last option, to generate a CSR request.

After renewal, in order to make changes effective, is required to restart control-plane components and eventually re-distribute the renewed certificate in case the file is used elsewhere.`,
    flags: 'cert-dir.certs config kubeconfig',
  },
  {
    path: 'certs renew apiserver-kubelet-client',
    short: 'Renew the certificate for the API server to connect to kubelet',
    long: `Renew the certificate for the API server to connect to kubelet.

Renewals run unconditionally, regardless of certificate expiration date; extra attributes such as SANs will be based on the existing file/certificates, there is no need to resupply them.

Renewal by default tries to use the certificate authority in the local PKI managed by kubeadm; as alternative it is possible to use K8s certificate API for certificate renewal, or as a last option, to generate a CSR request.

After renewal, in order to make changes effective, is required to restart control-plane components and eventually re-distribute the renewed certificate in case the file is used elsewhere.`,
    flags: 'cert-dir.certs config kubeconfig',
  },
  {
    path: 'certs renew controller-manager.conf',
    short: 'Renew the certificate embedded in the kubeconfig file for the controller manager to use',
    long: `Renew the certificate embedded in the kubeconfig file for the controller manager to use.

Renewals run unconditionally, regardless of certificate expiration date; extra attributes such as SANs will be based on the existing file/certificates, there is no need to resupply them.

Renewal by default tries to use the certificate authority in the local PKI managed by kubeadm; as alternative it is possible to use K8s certificate API for certificate renewal, or as a last option, to generate a CSR request.

After renewal, in order to make changes effective, is required to restart control-plane components and eventually re-distribute the renewed certificate in case the file is used elsewhere.`,
    flags: 'cert-dir.certs config kubeconfig',
  },
  {
    path: 'certs renew etcd-healthcheck-client',
    short: 'Renew the certificate for liveness probes to healthcheck etcd',
    long: `Renew the certificate for liveness probes to healthcheck etcd.

Renewals run unconditionally, regardless of certificate expiration date; extra attributes such as SANs will be based on the existing file/certificates, there is no need to resupply them.

Renewal by default tries to use the certificate authority in the local PKI managed by kubeadm; as alternative it is possible to use K8s certificate API for certificate renewal, or as a last option, to generate a CSR request.

After renewal, in order to make changes effective, is required to restart control-plane components and eventually re-distribute the renewed certificate in case the file is used elsewhere.`,
    flags: 'cert-dir.certs config kubeconfig',
  },
  {
    path: 'certs renew etcd-peer',
    short: 'Renew the certificate for etcd nodes to communicate with each other',
    long: `Renew the certificate for etcd nodes to communicate with each other.

Renewals run unconditionally, regardless of certificate expiration date; extra attributes such as SANs will be based on the existing file/certificates, there is no need to resupply them.

Renewal by default tries to use the certificate authority in the local PKI managed by kubeadm; as alternative it is possible to use K8s certificate API for certificate renewal, or as a last option, to generate a CSR request.

After renewal, in order to make changes effective, is required to restart control-plane components and eventually re-distribute the renewed certificate in case the file is used elsewhere.`,
    flags: 'cert-dir.certs config kubeconfig',
  },
  {
    path: 'certs renew etcd-server',
    short: 'Renew the certificate for serving etcd',
    long: `Renew the certificate for serving etcd.

Renewals run unconditionally, regardless of certificate expiration date; extra attributes such as SANs will be based on the existing file/certificates, there is no need to resupply them.

Renewal by default tries to use the certificate authority in the local PKI managed by kubeadm; as alternative it is possible to use K8s certificate API for certificate renewal, or as a last option, to generate a CSR request.

After renewal, in order to make changes effective, is required to restart control-plane components and eventually re-distribute the renewed certificate in case the file is used elsewhere.`,
    flags: 'cert-dir.certs config kubeconfig',
  },
  {
    path: 'certs renew front-proxy-client',
    short: 'Renew the certificate for the front proxy client',
    long: `Renew the certificate for the front proxy client.

Renewals run unconditionally, regardless of certificate expiration date; extra attributes such as SANs will be based on the existing file/certificates, there is no need to resupply them.

Renewal by default tries to use the certificate authority in the local PKI managed by kubeadm; as alternative it is possible to use K8s certificate API for certificate renewal, or as a last option, to generate a CSR request.

After renewal, in order to make changes effective, is required to restart control-plane components and eventually re-distribute the renewed certificate in case the file is used elsewhere.`,
    flags: 'cert-dir.certs config kubeconfig',
  },
  {
    path: 'certs renew scheduler.conf',
    short: 'Renew the certificate embedded in the kubeconfig file for the scheduler manager to use',
    long: `Renew the certificate embedded in the kubeconfig file for the scheduler manager to use.

Renewals run unconditionally, regardless of certificate expiration date; extra attributes such as SANs will be based on the existing file/certificates, there is no need to resupply them.

Renewal by default tries to use the certificate authority in the local PKI managed by kubeadm; as alternative it is possible to use K8s certificate API for certificate renewal, or as a last option, to generate a CSR request.

After renewal, in order to make changes effective, is required to restart control-plane components and eventually re-distribute the renewed certificate in case the file is used elsewhere.`,
    flags: 'cert-dir.certs config kubeconfig',
  },
  {
    path: 'certs renew super-admin.conf',
    short: 'Renew the certificate embedded in the kubeconfig file for the super-admin',
    long: `Renew the certificate embedded in the kubeconfig file for the super-admin.

Renewals run unconditionally, regardless of certificate expiration date; extra attributes such as SANs will be based on the existing file/certificates, there is no need to resupply them.

Renewal by default tries to use the certificate authority in the local PKI managed by kubeadm; as alternative it is possible to use K8s certificate API for certificate renewal, or as a last option, to generate a CSR request.

After renewal, in order to make changes effective, is required to restart control-plane components and eventually re-distribute the renewed certificate in case the file is used elsewhere.`,
    flags: 'cert-dir.certs config kubeconfig',
  },
]
