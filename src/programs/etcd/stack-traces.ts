import { COBRA, goStack, RUNTIME_MAIN } from '../../print/go-stack.ts'

const MAIN = ['~/server/v3/etcdmain Main main.go:40', 'main:~/server/v3 main main.go:31', RUNTIME_MAIN]

const OPEN_BACKEND = [
  '~/server/v3/storage/backend newBackend backend.go:203',
  '~/server/v3/storage/backend New backend.go:167',
  '~/server/v3/storage newBackend backend.go:55',
  '~/server/v3/storage OpenBackend.func1 backend.go:76',
]

/**
 * Stack traces that zap adds to lines of level error and above, by caller. A suffix after # tells apart several ways to
 * the same line (see server-log.ts).
 */
export const STACK_TRACES: Readonly<Record<string, string>> = {
  'v3/retry_interceptor.go:134': goStack(
    '~/client/v3 (*Client).streamClientInterceptor.func1 retry_interceptor.go:134',
    'google.golang.org/grpc (*ClientConn).NewStream stream.go:173',
    '~/api/v3/etcdserverpb (*maintenanceClient).Snapshot rpc.pb.go:7550',
    '~/client/v3 (*retryMaintenanceClient).Snapshot retry.go:217',
    '~/client/v3 (*maintenance).SnapshotWithVersion maintenance.go:231',
    '~/client/v3/snapshot SaveWithVersion v3_snapshot.go:86',
    '~/etcdctl/v3/ctlv3/command snapshotSaveCommandFunc snapshot_command.go:89',
    ...COBRA,
    '~/etcdctl/v3/ctlv3 Start ctl.go:112',
    '~/etcdctl/v3/ctlv3 MustStart ctl.go:116',
    'main:~/etcdctl/v3 main main.go:23',
    RUNTIME_MAIN,
  ),
  'flags/flag.go:86': goStack(
    '~/pkg/v3/flags verifyEnv flag.go:86',
    '~/pkg/v3/flags SetPflagsFromEnv flag.go:64',
    '~/etcdctl/v3/ctlv3/command clientConfigFromCmd global.go:105',
    '~/etcdctl/v3/ctlv3/command epHealthCommandFunc ep_command.go:99',
    ...COBRA,
    '~/etcdctl/v3/ctlv3 Start ctl.go:112',
    '~/etcdctl/v3/ctlv3 MustStart ctl.go:116',
    'main:~/etcdctl/v3 main main.go:23',
    RUNTIME_MAIN,
  ),
  'embed/etcd.go:912#gateway': goStack(
    '~/server/v3/embed (*Etcd).errHandler etcd.go:912',
    '~/server/v3/embed (*serveCtx).startHandler.func1 serve.go:90',
  ),
  'embed/etcd.go:912': goStack(
    '~/server/v3/embed (*Etcd).errHandler etcd.go:912',
    '~/server/v3/embed (*Etcd).startHandler.func1 etcd.go:906',
  ),
  'version/monitor.go:120': goStack(
    '~/server/v3/etcdserver/version (*Monitor).UpdateStorageVersionIfNeeded monitor.go:120',
    '~/server/v3/etcdserver (*EtcdServer).monitorStorageVersion server.go:2374',
    '~/server/v3/etcdserver (*EtcdServer).GoAttach.func1 server.go:2555',
  ),
  'etcdserver/server.go:2103': goStack(
    '~/server/v3/etcdserver (*EtcdServer).applyConfChange server.go:2103',
    '~/server/v3/etcdserver (*EtcdServer).apply server.go:1931',
    '~/server/v3/etcdserver (*EtcdServer).applyEntries server.go:1210',
    '~/server/v3/etcdserver (*EtcdServer).applyAll server.go:985',
    '~/server/v3/etcdserver (*EtcdServer).run.func6 server.go:855',
    '~/pkg/v3/schedule job.Do schedule.go:41',
    '~/pkg/v3/schedule (*fifo).executeJob schedule.go:206',
    '~/pkg/v3/schedule (*fifo).run schedule.go:187',
  ),
  'rafthttp/util.go:99': goStack(
    '~/server/v3/etcdserver/api/rafthttp checkPostResponse util.go:99',
    '~/server/v3/etcdserver/api/rafthttp (*pipeline).post pipeline.go:163',
    '~/server/v3/etcdserver/api/rafthttp (*pipeline).handle pipeline.go:100',
  ),
  'etcdserver/server.go:309#empty': goStack(
    '~/server/v3/etcdserver NewServer server.go:309',
    '~/server/v3/embed StartEtcd etcd.go:262',
    '~/server/v3/etcdmain startEtcd etcd.go:207',
    '~/server/v3/etcdmain startEtcdOrProxyV2 etcd.go:129',
    ...MAIN,
  ),
  'etcdserver/server.go:309#data': goStack(
    '~/server/v3/etcdserver NewServer server.go:309',
    '~/server/v3/embed StartEtcd etcd.go:262',
    '~/server/v3/etcdmain startEtcd etcd.go:207',
    '~/server/v3/etcdmain startEtcdOrProxyV2 etcd.go:114',
    ...MAIN,
  ),
  'etcdmain/etcd.go:183': goStack('~/server/v3/etcdmain startEtcdOrProxyV2 etcd.go:183', ...MAIN),
  'v3/log.go:324': goStack(
    'go.etcd.io/raft/v3 (*raftLog).commitTo log.go:324',
    'go.etcd.io/raft/v3 (*raft).handleHeartbeat raft.go:1831',
    'go.etcd.io/raft/v3 stepFollower raft.go:1732',
    'go.etcd.io/raft/v3 (*raft).Step raft.go:1257',
    'go.etcd.io/raft/v3 (*node).run node.go:399',
  ),
  'bbolt/db.go:292': goStack('go.etcd.io/bbolt Open db.go:292', ...OPEN_BACKEND),
  'backend/backend.go:203': goStack(...OPEN_BACKEND),
  'bbolt/db.go:322': goStack('go.etcd.io/bbolt Open db.go:322', ...OPEN_BACKEND),
  'backend/backend.go:205': goStack(
    '~/server/v3/storage/backend newBackend backend.go:205',
    '~/server/v3/storage/backend New backend.go:167',
    '~/server/v3/storage newBackend backend.go:55',
    '~/server/v3/storage OpenBackend.func1 backend.go:76',
  ),
  'etcdmain/etcd.go:227': goStack(
    '~/server/v3/etcdmain identifyDataDirOrDie etcd.go:227',
    '~/server/v3/etcdmain startEtcdOrProxyV2 etcd.go:105',
    ...MAIN,
  ),
  'embed/etcd.go:586': goStack(
    '~/server/v3/embed configurePeerListeners etcd.go:586',
    '~/server/v3/embed StartEtcd etcd.go:142',
    '~/server/v3/etcdmain startEtcd etcd.go:207',
    '~/server/v3/etcdmain startEtcdOrProxyV2 etcd.go:114',
    ...MAIN,
  ),
  'embed/serve.go:156': goStack(
    '~/server/v3/embed (*serveCtx).serve serve.go:156',
    '~/server/v3/embed (*Etcd).serveClients.func1 etcd.go:807',
    '~/server/v3/embed (*Etcd).startHandler.func1 etcd.go:906',
  ),
  'etcdmain/etcd.go:198': goStack('~/server/v3/etcdmain startEtcdOrProxyV2 etcd.go:198', ...MAIN),
  'etcdhttp/health.go:345': goStack(
    '~/server/v3/etcdserver/api/etcdhttp (*CheckRegistry).installRootHTTPEndpoint.newHealthHandler.func2 health.go:345',
    'net/http HandlerFunc.ServeHTTP server.go:2306',
    'net/http (*ServeMux).ServeHTTP server.go:2848',
    'net/http serverHandler.ServeHTTP server.go:3331',
    'net/http (*conn).serve server.go:2087',
  ),
  'membership/downgrade.go:69': goStack(
    '~/server/etcdserver/api/membership mustDetectDowngrade downgrade.go:69',
    '~/server/etcdserver/api/membership (*RaftCluster).SetVersion cluster.go:593',
    '~/server/etcdserver (*applierV3backend).ClusterVersionSet apply.go:943',
    '~/server/etcdserver (*applierV3backend).Apply apply.go:148',
    '~/server/etcdserver (*authApplierV3).Apply apply_auth.go:61',
    '~/server/etcdserver (*EtcdServer).applyEntryNormal server.go:2328',
    '~/server/etcdserver (*EtcdServer).apply server.go:2230',
    '~/server/etcdserver (*EtcdServer).applyEntries server.go:1462',
    '~/server/etcdserver (*EtcdServer).applyAll server.go:1277',
    '~/server/etcdserver (*EtcdServer).run.func8 server.go:1149',
    '~/pkg/schedule (*fifo).run schedule.go:157',
  ),
  'etcdserver/bootstrap.go:409': goStack(
    '~/server/v3/etcdserver recoverSnapshot bootstrap.go:409',
    '~/server/v3/etcdserver bootstrapBackend bootstrap.go:225',
    '~/server/v3/etcdserver bootstrap bootstrap.go:80',
    '~/server/v3/etcdserver NewServer server.go:307',
    '~/server/v3/embed StartEtcd etcd.go:262',
    '~/server/v3/etcdmain startEtcd etcd.go:207',
    '~/server/v3/etcdmain startEtcdOrProxyV2 etcd.go:114',
    ...MAIN,
  ),
}
