import type { Happening } from '../../kernel/index.ts'
import { parseGoDuration } from '../../print/index.ts'
import type { Document } from '../lib/component-config.ts'
import { effectiveDocument } from './config-document.ts'

/** The fields of KubeletConfiguration (kubelet.config.k8s.io/v1beta1) that make a difference here. Durations in ms. */
export interface KubeletConfig {
  /** Why it is as it is: what changed the file that it was read from. */
  readonly why?: Happening
  /** The whole document with its defaults, fields in Go's order. */
  readonly document: Document
  readonly staticPodPath: string
  readonly fileCheckFrequency: number
  readonly syncFrequency: number
  readonly nodeStatusUpdateFrequency: number
  readonly nodeStatusReportFrequency: number
  readonly nodeLeaseDurationSeconds: number
  readonly clusterDns: readonly string[]
  readonly clusterDomain: string
  readonly resolvConf: string
  readonly maxPods: number
  /** Sysctls, or beginnings of them that end in `*`, which pods may set although they touch others. */
  readonly allowedUnsafeSysctls: readonly string[]
  readonly address: string
  readonly port: number
  readonly readOnlyPort: number
  readonly healthzPort: number
  readonly healthzBindAddress: string
  readonly clientCaFile: string
  readonly anonymousAuth: boolean
  readonly webhookAuth: boolean
  readonly authorizationMode: string
  readonly rotateCertificates: boolean
  readonly serverTlsBootstrap: boolean
  readonly tlsCertFile: string
  readonly tlsPrivateKeyFile: string
  readonly containerRuntimeEndpoint: string
  readonly serializeImagePulls: boolean
  readonly imageMaximumGcAge: number
  readonly imageGcHighThresholdPercent: number
  readonly imageGcLowThresholdPercent: number
  readonly evictionHard: Readonly<Record<string, string>>
  readonly evictionPressureTransitionPeriod: number
  readonly containerLogMaxSize: string
  readonly containerLogMaxFiles: number
  readonly shutdownGracePeriod: number
  readonly shutdownGracePeriodCriticalPods: number
  readonly maxContainerBackOff: number
  readonly systemReserved: Readonly<Record<string, string>>
  readonly kubeReserved: Readonly<Record<string, string>>
  readonly failSwapOn: boolean
  readonly failCgroupV1: boolean
  readonly cgroupsPerQos: boolean
  readonly registerNode: boolean
  readonly registerWithTaints: readonly { key: string; value?: string; effect: string }[]
  readonly enableServer: boolean
  readonly enableDebuggingHandlers: boolean
  readonly enableSystemLogHandler: boolean
  readonly featureGates: Readonly<Record<string, boolean>>
  /** Up to which level lines are logged. */
  readonly verbosity: number
}

/** What the kubelet reads from a document of kubelet.config.k8s.io/v1beta1. */
export function decodeConfig(given: Document): KubeletConfig {
  const document = effectiveDocument(given)
  const doc: any = document
  const auth = doc.authentication
  const or = <T>(value: T | undefined, zero: T): T => value ?? zero
  const ms = (value: string): number => parseGoDuration(value)
  return {
    document,
    staticPodPath: or(doc.staticPodPath, ''),
    fileCheckFrequency: ms(doc.fileCheckFrequency),
    syncFrequency: ms(doc.syncFrequency),
    nodeStatusUpdateFrequency: ms(doc.nodeStatusUpdateFrequency),
    nodeStatusReportFrequency: ms(doc.nodeStatusReportFrequency),
    nodeLeaseDurationSeconds: doc.nodeLeaseDurationSeconds,
    clusterDns: or(doc.clusterDNS, []),
    clusterDomain: or(doc.clusterDomain, ''),
    resolvConf: doc.resolvConf,
    maxPods: doc.maxPods,
    allowedUnsafeSysctls: or(doc.allowedUnsafeSysctls, []),
    address: doc.address,
    port: doc.port,
    readOnlyPort: or(doc.readOnlyPort, 0),
    healthzPort: doc.healthzPort,
    healthzBindAddress: doc.healthzBindAddress,
    clientCaFile: or(auth.x509.clientCAFile, ''),
    anonymousAuth: auth.anonymous.enabled,
    webhookAuth: auth.webhook.enabled,
    authorizationMode: doc.authorization.mode,
    rotateCertificates: or(doc.rotateCertificates, false),
    serverTlsBootstrap: or(doc.serverTLSBootstrap, false),
    tlsCertFile: or(doc.tlsCertFile, ''),
    tlsPrivateKeyFile: or(doc.tlsPrivateKeyFile, ''),
    containerRuntimeEndpoint: doc.containerRuntimeEndpoint,
    serializeImagePulls: doc.serializeImagePulls,
    imageMaximumGcAge: ms(doc.imageMaximumGCAge),
    imageGcHighThresholdPercent: doc.imageGCHighThresholdPercent,
    imageGcLowThresholdPercent: doc.imageGCLowThresholdPercent,
    evictionHard: or(doc.evictionHard, {}),
    evictionPressureTransitionPeriod: ms(doc.evictionPressureTransitionPeriod),
    containerLogMaxSize: doc.containerLogMaxSize,
    containerLogMaxFiles: doc.containerLogMaxFiles || 5,
    shutdownGracePeriod: ms(doc.shutdownGracePeriod),
    shutdownGracePeriodCriticalPods: ms(doc.shutdownGracePeriodCriticalPods),
    maxContainerBackOff: ms(doc.crashLoopBackOff.maxContainerRestartPeriod),
    systemReserved: or(doc.systemReserved, {}),
    kubeReserved: or(doc.kubeReserved, {}),
    failSwapOn: doc.failSwapOn,
    failCgroupV1: doc.failCgroupV1,
    cgroupsPerQos: doc.cgroupsPerQOS,
    registerNode: doc.registerNode,
    registerWithTaints: or(doc.registerWithTaints, []),
    enableServer: doc.enableServer,
    enableDebuggingHandlers: doc.enableDebuggingHandlers,
    enableSystemLogHandler: doc.enableSystemLogHandler,
    featureGates: or(doc.featureGates, {}),
    verbosity: doc.logging.verbosity,
  }
}
