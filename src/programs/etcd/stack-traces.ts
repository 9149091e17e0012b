/**
 * Stack traces that zap adds to lines of level error and above, by caller. A suffix after # tells apart several ways to
 * the same line (see server-log.ts).
 */
export const STACK_TRACES: Readonly<Record<string, string>> = {
  'flags/flag.go:86': `go.etcd.io/etcd/pkg/v3/flags.verifyEnv
\tgo.etcd.io/etcd/pkg/v3/flags/flag.go:86
go.etcd.io/etcd/pkg/v3/flags.SetPflagsFromEnv
\tgo.etcd.io/etcd/pkg/v3/flags/flag.go:64
go.etcd.io/etcd/etcdctl/v3/ctlv3/command.clientConfigFromCmd
\tgo.etcd.io/etcd/etcdctl/v3/ctlv3/command/global.go:105
go.etcd.io/etcd/etcdctl/v3/ctlv3/command.epHealthCommandFunc
\tgo.etcd.io/etcd/etcdctl/v3/ctlv3/command/ep_command.go:99
github.com/spf13/cobra.(*Command).execute
\tgithub.com/spf13/cobra/command.go:1019
github.com/spf13/cobra.(*Command).ExecuteC
\tgithub.com/spf13/cobra/command.go:1148
github.com/spf13/cobra.(*Command).Execute
\tgithub.com/spf13/cobra/command.go:1071
go.etcd.io/etcd/etcdctl/v3/ctlv3.Start
\tgo.etcd.io/etcd/etcdctl/v3/ctlv3/ctl.go:112
go.etcd.io/etcd/etcdctl/v3/ctlv3.MustStart
\tgo.etcd.io/etcd/etcdctl/v3/ctlv3/ctl.go:116
main.main
\tgo.etcd.io/etcd/etcdctl/v3/main.go:23
runtime.main
\truntime/proc.go:290`,
  'embed/etcd.go:912#gateway': `go.etcd.io/etcd/server/v3/embed.(*Etcd).errHandler
\tgo.etcd.io/etcd/server/v3/embed/etcd.go:912
go.etcd.io/etcd/server/v3/embed.(*serveCtx).startHandler.func1
\tgo.etcd.io/etcd/server/v3/embed/serve.go:90`,
  'embed/etcd.go:912': `go.etcd.io/etcd/server/v3/embed.(*Etcd).errHandler
\tgo.etcd.io/etcd/server/v3/embed/etcd.go:912
go.etcd.io/etcd/server/v3/embed.(*Etcd).startHandler.func1
\tgo.etcd.io/etcd/server/v3/embed/etcd.go:906`,
  'version/monitor.go:120': `go.etcd.io/etcd/server/v3/etcdserver/version.(*Monitor).UpdateStorageVersionIfNeeded
\tgo.etcd.io/etcd/server/v3/etcdserver/version/monitor.go:120
go.etcd.io/etcd/server/v3/etcdserver.(*EtcdServer).monitorStorageVersion
\tgo.etcd.io/etcd/server/v3/etcdserver/server.go:2374
go.etcd.io/etcd/server/v3/etcdserver.(*EtcdServer).GoAttach.func1
\tgo.etcd.io/etcd/server/v3/etcdserver/server.go:2555`,
  'etcdserver/server.go:2103': `go.etcd.io/etcd/server/v3/etcdserver.(*EtcdServer).applyConfChange
\tgo.etcd.io/etcd/server/v3/etcdserver/server.go:2103
go.etcd.io/etcd/server/v3/etcdserver.(*EtcdServer).apply
\tgo.etcd.io/etcd/server/v3/etcdserver/server.go:1931
go.etcd.io/etcd/server/v3/etcdserver.(*EtcdServer).applyEntries
\tgo.etcd.io/etcd/server/v3/etcdserver/server.go:1210
go.etcd.io/etcd/server/v3/etcdserver.(*EtcdServer).applyAll
\tgo.etcd.io/etcd/server/v3/etcdserver/server.go:985
go.etcd.io/etcd/server/v3/etcdserver.(*EtcdServer).run.func6
\tgo.etcd.io/etcd/server/v3/etcdserver/server.go:855
go.etcd.io/etcd/pkg/v3/schedule.job.Do
\tgo.etcd.io/etcd/pkg/v3/schedule/schedule.go:41
go.etcd.io/etcd/pkg/v3/schedule.(*fifo).executeJob
\tgo.etcd.io/etcd/pkg/v3/schedule/schedule.go:206
go.etcd.io/etcd/pkg/v3/schedule.(*fifo).run
\tgo.etcd.io/etcd/pkg/v3/schedule/schedule.go:187`,
  'rafthttp/util.go:99': `go.etcd.io/etcd/server/v3/etcdserver/api/rafthttp.checkPostResponse
\tgo.etcd.io/etcd/server/v3/etcdserver/api/rafthttp/util.go:99
go.etcd.io/etcd/server/v3/etcdserver/api/rafthttp.(*pipeline).post
\tgo.etcd.io/etcd/server/v3/etcdserver/api/rafthttp/pipeline.go:163
go.etcd.io/etcd/server/v3/etcdserver/api/rafthttp.(*pipeline).handle
\tgo.etcd.io/etcd/server/v3/etcdserver/api/rafthttp/pipeline.go:100`,
  'etcdserver/server.go:309#empty': `go.etcd.io/etcd/server/v3/etcdserver.NewServer
\tgo.etcd.io/etcd/server/v3/etcdserver/server.go:309
go.etcd.io/etcd/server/v3/embed.StartEtcd
\tgo.etcd.io/etcd/server/v3/embed/etcd.go:262
go.etcd.io/etcd/server/v3/etcdmain.startEtcd
\tgo.etcd.io/etcd/server/v3/etcdmain/etcd.go:207
go.etcd.io/etcd/server/v3/etcdmain.startEtcdOrProxyV2
\tgo.etcd.io/etcd/server/v3/etcdmain/etcd.go:129
go.etcd.io/etcd/server/v3/etcdmain.Main
\tgo.etcd.io/etcd/server/v3/etcdmain/main.go:40
main.main
\tgo.etcd.io/etcd/server/v3/main.go:31
runtime.main
\truntime/proc.go:290`,
  'etcdserver/server.go:309#data': `go.etcd.io/etcd/server/v3/etcdserver.NewServer
\tgo.etcd.io/etcd/server/v3/etcdserver/server.go:309
go.etcd.io/etcd/server/v3/embed.StartEtcd
\tgo.etcd.io/etcd/server/v3/embed/etcd.go:262
go.etcd.io/etcd/server/v3/etcdmain.startEtcd
\tgo.etcd.io/etcd/server/v3/etcdmain/etcd.go:207
go.etcd.io/etcd/server/v3/etcdmain.startEtcdOrProxyV2
\tgo.etcd.io/etcd/server/v3/etcdmain/etcd.go:114
go.etcd.io/etcd/server/v3/etcdmain.Main
\tgo.etcd.io/etcd/server/v3/etcdmain/main.go:40
main.main
\tgo.etcd.io/etcd/server/v3/main.go:31
runtime.main
\truntime/proc.go:290`,
  'etcdmain/etcd.go:183': `go.etcd.io/etcd/server/v3/etcdmain.startEtcdOrProxyV2
\tgo.etcd.io/etcd/server/v3/etcdmain/etcd.go:183
go.etcd.io/etcd/server/v3/etcdmain.Main
\tgo.etcd.io/etcd/server/v3/etcdmain/main.go:40
main.main
\tgo.etcd.io/etcd/server/v3/main.go:31
runtime.main
\truntime/proc.go:290`,
  'v3/log.go:324': `go.etcd.io/raft/v3.(*raftLog).commitTo
\tgo.etcd.io/raft/v3/log.go:324
go.etcd.io/raft/v3.(*raft).handleHeartbeat
\tgo.etcd.io/raft/v3/raft.go:1831
go.etcd.io/raft/v3.stepFollower
\tgo.etcd.io/raft/v3/raft.go:1732
go.etcd.io/raft/v3.(*raft).Step
\tgo.etcd.io/raft/v3/raft.go:1257
go.etcd.io/raft/v3.(*node).run
\tgo.etcd.io/raft/v3/node.go:399`,
  'bbolt/db.go:292': `go.etcd.io/bbolt.Open
\tgo.etcd.io/bbolt/db.go:292
go.etcd.io/etcd/server/v3/storage/backend.newBackend
\tgo.etcd.io/etcd/server/v3/storage/backend/backend.go:203
go.etcd.io/etcd/server/v3/storage/backend.New
\tgo.etcd.io/etcd/server/v3/storage/backend/backend.go:167
go.etcd.io/etcd/server/v3/storage.newBackend
\tgo.etcd.io/etcd/server/v3/storage/backend.go:55
go.etcd.io/etcd/server/v3/storage.OpenBackend.func1
\tgo.etcd.io/etcd/server/v3/storage/backend.go:76`,
  'backend/backend.go:203': `go.etcd.io/etcd/server/v3/storage/backend.newBackend
\tgo.etcd.io/etcd/server/v3/storage/backend/backend.go:203
go.etcd.io/etcd/server/v3/storage/backend.New
\tgo.etcd.io/etcd/server/v3/storage/backend/backend.go:167
go.etcd.io/etcd/server/v3/storage.newBackend
\tgo.etcd.io/etcd/server/v3/storage/backend.go:55
go.etcd.io/etcd/server/v3/storage.OpenBackend.func1
\tgo.etcd.io/etcd/server/v3/storage/backend.go:76`,
  'bbolt/db.go:322': `go.etcd.io/bbolt.Open
\tgo.etcd.io/bbolt/db.go:322
go.etcd.io/etcd/server/v3/storage/backend.newBackend
\tgo.etcd.io/etcd/server/v3/storage/backend/backend.go:203
go.etcd.io/etcd/server/v3/storage/backend.New
\tgo.etcd.io/etcd/server/v3/storage/backend/backend.go:167
go.etcd.io/etcd/server/v3/storage.newBackend
\tgo.etcd.io/etcd/server/v3/storage/backend.go:55
go.etcd.io/etcd/server/v3/storage.OpenBackend.func1
\tgo.etcd.io/etcd/server/v3/storage/backend.go:76`,
  'backend/backend.go:205': `go.etcd.io/etcd/server/v3/storage/backend.newBackend
\tgo.etcd.io/etcd/server/v3/storage/backend/backend.go:205
go.etcd.io/etcd/server/v3/storage/backend.New
\tgo.etcd.io/etcd/server/v3/storage/backend/backend.go:167
go.etcd.io/etcd/server/v3/storage.newBackend
\tgo.etcd.io/etcd/server/v3/storage/backend.go:55
go.etcd.io/etcd/server/v3/storage.OpenBackend.func1
\tgo.etcd.io/etcd/server/v3/storage/backend.go:76`,
  'etcdmain/etcd.go:227': `go.etcd.io/etcd/server/v3/etcdmain.identifyDataDirOrDie
\tgo.etcd.io/etcd/server/v3/etcdmain/etcd.go:227
go.etcd.io/etcd/server/v3/etcdmain.startEtcdOrProxyV2
\tgo.etcd.io/etcd/server/v3/etcdmain/etcd.go:105
go.etcd.io/etcd/server/v3/etcdmain.Main
\tgo.etcd.io/etcd/server/v3/etcdmain/main.go:40
main.main
\tgo.etcd.io/etcd/server/v3/main.go:31
runtime.main
\truntime/proc.go:290`,
  'embed/etcd.go:586': `go.etcd.io/etcd/server/v3/embed.configurePeerListeners
\tgo.etcd.io/etcd/server/v3/embed/etcd.go:586
go.etcd.io/etcd/server/v3/embed.StartEtcd
\tgo.etcd.io/etcd/server/v3/embed/etcd.go:142
go.etcd.io/etcd/server/v3/etcdmain.startEtcd
\tgo.etcd.io/etcd/server/v3/etcdmain/etcd.go:207
go.etcd.io/etcd/server/v3/etcdmain.startEtcdOrProxyV2
\tgo.etcd.io/etcd/server/v3/etcdmain/etcd.go:114
go.etcd.io/etcd/server/v3/etcdmain.Main
\tgo.etcd.io/etcd/server/v3/etcdmain/main.go:40
main.main
\tgo.etcd.io/etcd/server/v3/main.go:31
runtime.main
\truntime/proc.go:290`,
  'embed/serve.go:156': `go.etcd.io/etcd/server/v3/embed.(*serveCtx).serve
\tgo.etcd.io/etcd/server/v3/embed/serve.go:156
go.etcd.io/etcd/server/v3/embed.(*Etcd).serveClients.func1
\tgo.etcd.io/etcd/server/v3/embed/etcd.go:807
go.etcd.io/etcd/server/v3/embed.(*Etcd).startHandler.func1
\tgo.etcd.io/etcd/server/v3/embed/etcd.go:906`,
  'etcdmain/etcd.go:198': `go.etcd.io/etcd/server/v3/etcdmain.startEtcdOrProxyV2
\tgo.etcd.io/etcd/server/v3/etcdmain/etcd.go:198
go.etcd.io/etcd/server/v3/etcdmain.Main
\tgo.etcd.io/etcd/server/v3/etcdmain/main.go:40
main.main
\tgo.etcd.io/etcd/server/v3/main.go:31
runtime.main
\truntime/proc.go:290`,
  'etcdhttp/health.go:345': `go.etcd.io/etcd/server/v3/etcdserver/api/etcdhttp.(*CheckRegistry).installRootHTTPEndpoint.newHealthHandler.func2
\tgo.etcd.io/etcd/server/v3/etcdserver/api/etcdhttp/health.go:345
net/http.HandlerFunc.ServeHTTP
\tnet/http/server.go:2306
net/http.(*ServeMux).ServeHTTP
\tnet/http/server.go:2848
net/http.serverHandler.ServeHTTP
\tnet/http/server.go:3331
net/http.(*conn).serve
\tnet/http/server.go:2087`,
  'membership/downgrade.go:69': `go.etcd.io/etcd/server/etcdserver/api/membership.mustDetectDowngrade
\tgo.etcd.io/etcd/server/etcdserver/api/membership/downgrade.go:69
go.etcd.io/etcd/server/etcdserver/api/membership.(*RaftCluster).SetVersion
\tgo.etcd.io/etcd/server/etcdserver/api/membership/cluster.go:593
go.etcd.io/etcd/server/etcdserver.(*applierV3backend).ClusterVersionSet
\tgo.etcd.io/etcd/server/etcdserver/apply.go:943
go.etcd.io/etcd/server/etcdserver.(*applierV3backend).Apply
\tgo.etcd.io/etcd/server/etcdserver/apply.go:148
go.etcd.io/etcd/server/etcdserver.(*authApplierV3).Apply
\tgo.etcd.io/etcd/server/etcdserver/apply_auth.go:61
go.etcd.io/etcd/server/etcdserver.(*EtcdServer).applyEntryNormal
\tgo.etcd.io/etcd/server/etcdserver/server.go:2328
go.etcd.io/etcd/server/etcdserver.(*EtcdServer).apply
\tgo.etcd.io/etcd/server/etcdserver/server.go:2230
go.etcd.io/etcd/server/etcdserver.(*EtcdServer).applyEntries
\tgo.etcd.io/etcd/server/etcdserver/server.go:1462
go.etcd.io/etcd/server/etcdserver.(*EtcdServer).applyAll
\tgo.etcd.io/etcd/server/etcdserver/server.go:1277
go.etcd.io/etcd/server/etcdserver.(*EtcdServer).run.func8
\tgo.etcd.io/etcd/server/etcdserver/server.go:1149
go.etcd.io/etcd/pkg/schedule.(*fifo).run
\tgo.etcd.io/etcd/pkg/schedule/schedule.go:157`,
  'etcdserver/bootstrap.go:409': `go.etcd.io/etcd/server/v3/etcdserver.recoverSnapshot
\tgo.etcd.io/etcd/server/v3/etcdserver/bootstrap.go:409
go.etcd.io/etcd/server/v3/etcdserver.bootstrapBackend
\tgo.etcd.io/etcd/server/v3/etcdserver/bootstrap.go:225
go.etcd.io/etcd/server/v3/etcdserver.bootstrap
\tgo.etcd.io/etcd/server/v3/etcdserver/bootstrap.go:80
go.etcd.io/etcd/server/v3/etcdserver.NewServer
\tgo.etcd.io/etcd/server/v3/etcdserver/server.go:307
go.etcd.io/etcd/server/v3/embed.StartEtcd
\tgo.etcd.io/etcd/server/v3/embed/etcd.go:262
go.etcd.io/etcd/server/v3/etcdmain.startEtcd
\tgo.etcd.io/etcd/server/v3/etcdmain/etcd.go:207
go.etcd.io/etcd/server/v3/etcdmain.startEtcdOrProxyV2
\tgo.etcd.io/etcd/server/v3/etcdmain/etcd.go:114
go.etcd.io/etcd/server/v3/etcdmain.Main
\tgo.etcd.io/etcd/server/v3/etcdmain/main.go:40
main.main
\tgo.etcd.io/etcd/server/v3/main.go:31
runtime.main
\truntime/proc.go:290`,
}
