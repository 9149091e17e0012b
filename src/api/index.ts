export { Aggregator } from './aggregator.ts'
export type { ApiClient, ResourceRef, Watch } from './client.ts'
export { clone } from './clone.ts'
export type { RequestContext, UserInfo } from './context.ts'
export { CustomResources } from './crds.ts'
export {
  CoreEventRecorder,
  type EventDetails,
  type EventRecorder,
  type EventRuntime,
  referenceTo,
  SeriesEventRecorder,
} from './events.ts'
export type { Informer, InformerFactory } from './informer.ts'
export { type InformerRuntime, Informers, SharedInformer } from './informers.ts'
export { type LeaderElectionOptions, LeaderElector } from './leader-election.ts'
export { accepted, isNamespaced, LocalClient, type Send } from './local-client.ts'
export type { PortForwardSession, RemoteResult, RemoteSession, RemoteStreams } from './remote.ts'
export * from './selector.ts'
export { ApiServer, type ApiServerOptions, type Exchange, type ForeignHandler, type PathHandler } from './server.ts'
export { type EtcdConnection, EtcdStorage } from './storage/etcd.ts'
export { MemoryStorage } from './storage/memory.ts'
export * from './storage/storage.ts'
export { microTime, rfc3339 } from './time.ts'
export * from './types.ts'
