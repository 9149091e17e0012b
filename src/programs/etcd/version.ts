/** The simulated release: what the recordings show. Kubernetes 1.36 names its image 3.6.8-0. */
export const ETCD_VERSION = '3.6.10'
export const GIT_SHA = 'db8d13a54'
export const GO_VERSION = 'go1.26.10'
