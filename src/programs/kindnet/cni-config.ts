/** Where kindnetd puts what it writes for the container runtime. */
export const CNI_CONFIG = '/etc/cni/net.d/10-kindnet.conflist'

/** The network configuration of a node: as kindnetd's template (cmd/kindnetd/cni.go) renders it. */
export const cniConfig = (podCidr: string, mtu: number): string => `
{
	"cniVersion": "0.3.1",
	"name": "kindnet",
	"plugins": [
	{
		"type": "ptp",
		"ipMasq": false,
		"ipam": {
			"type": "host-local",
			"dataDir": "/run/cni-ipam-state",
			"routes": [
				
				
				{ "dst": "0.0.0.0/0" }
			],
			"ranges": [
				
				
				[ { "subnet": "${podCidr}" } ]
			]
		}
		,
		"mtu": ${mtu}
		
	},
	{
		"type": "portmap",
		"capabilities": {
			"portMappings": true
		}
	}
	]
}
`
