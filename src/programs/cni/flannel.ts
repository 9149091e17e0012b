import { SysError } from '../../host/index.ts'
import { bridge } from './bridge.ts'
import type { PluginCall } from './index.ts'

/** The flannel CNI plugin: reads what flanneld wrote about the subnet and has the bridge plugin do the work. */
export function flannel(call: PluginCall): void {
  const { host, config } = call
  const file: string = config.subnetFile ?? '/run/flannel/subnet.env'
  let text: string
  try {
    text = host.fs.readFile(file)
  } catch (error) {
    if (!(error instanceof SysError)) throw error
    throw new Error(`loadFlannelSubnetEnv failed: ${error.goMessage}`)
  }
  const env = Object.fromEntries(text.split('\n').map((line) => line.split('=', 2))) as Record<string, string>
  const missing = ['FLANNEL_NETWORK', 'FLANNEL_SUBNET', 'FLANNEL_MTU', 'FLANNEL_IPMASQ'].filter((key) => !env[key])
  if (missing.length > 0) throw new Error(`${file} is missing ${missing.join(', ')}`)
  const delegate = config.delegate ?? {}
  const [gateway, bits] = env.FLANNEL_SUBNET.split('/')
  const base = gateway.split('.').slice(0, 3).join('.')
  bridge(
    Object.assign(call, {
      config: {
        type: 'bridge',
        bridge: 'cni0',
        isGateway: true,
        ...delegate,
        mtu: Number(env.FLANNEL_MTU),
        ipMasq: env.FLANNEL_IPMASQ !== 'true',
        ipam: {
          type: 'host-local',
          subnet: `${base}.0/${bits}`,
          gateway,
          routes: [
            { dst: env.FLANNEL_NETWORK },
            ...(delegate.isDefaultGateway === false ? [] : [{ dst: '0.0.0.0/0' }]),
          ],
        },
      },
    }),
  )
}
