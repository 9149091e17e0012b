/** What a Go panic of etcd leaves on stderr: the message and the goroutine's trace. Pointers are those of one run. */
export const panicText = (message: string, trace: string): string => `panic: ${message}\n\n${trace}\n`

/** Traces by what went wrong. */
export const TRACES = {
  noId: `goroutine 1 [running]:
go.etcd.io/raft/v3.newRaft(0x3935b8e96c80)
\tgo.etcd.io/raft/v3/raft.go:439 +0xbd4
go.etcd.io/raft/v3.NewRawNode(0x3935b8e96c80)
\tgo.etcd.io/raft/v3/rawnode.go:52 +0x1c
go.etcd.io/raft/v3.RestartNode(0x7f6a710d6e00?)
\tgo.etcd.io/raft/v3/node.go:282 +0x1f
go.etcd.io/etcd/server/v3/etcdserver.(*bootstrappedRaft).newRaftNode(0x3935b9097200, 0x3935b8f94b40, 0x3935b90b88c0, 0x3935b8ca88c0)
\tgo.etcd.io/etcd/server/v3/etcdserver/bootstrap.go:541 +0x4e
go.etcd.io/etcd/server/v3/etcdserver.NewServer({{0x7ffcea325e8b, 0xc}, {0x0, 0x0}, {0x0, 0x0}, {{{0x1d40d20, 0x0, 0x0}, 0x12a05f200, ...}, ...}, ...})
\tgo.etcd.io/etcd/server/v3/etcdserver/server.go:332 +0x47b
go.etcd.io/etcd/server/v3/embed.StartEtcd(0x3935b9126808)
\tgo.etcd.io/etcd/server/v3/embed/etcd.go:262 +0x11c8
go.etcd.io/etcd/server/v3/etcdmain.startEtcd(0x3935b8f5a480?)
\tgo.etcd.io/etcd/server/v3/etcdmain/etcd.go:207 +0x17
go.etcd.io/etcd/server/v3/etcdmain.startEtcdOrProxyV2({0x3935b8d40000, 0x14, 0x14})
\tgo.etcd.io/etcd/server/v3/etcdmain/etcd.go:114 +0xdab
go.etcd.io/etcd/server/v3/etcdmain.Main({0x3935b8d40000, 0x14, 0x14})
\tgo.etcd.io/etcd/server/v3/etcdmain/main.go:40 +0xf3
main.main()
\tgo.etcd.io/etcd/server/v3/main.go:31 +0x28`,
  openDatabase: `goroutine 117 [running]:
go.uber.org/zap/zapcore.CheckWriteAction.OnWrite(0x2?, 0x124d780?, {0x0?, 0x0?, 0x698d09bf6a0?})
\tgo.uber.org/zap/zapcore/entry.go:196 +0x54
go.uber.org/zap/zapcore.(*CheckedEntry).Write(0x698d0dc0d00, {0x698d0ab0400, 0x2, 0x2})
\tgo.uber.org/zap/zapcore/entry.go:272 +0x26e
go.uber.org/zap.(*Logger).Panic(0x698d0a542c0?, {0x124d780?, 0x180?}, {0x698d0ab0400, 0x2, 0x2})
\tgo.uber.org/zap/logger.go:285 +0x4b
go.etcd.io/etcd/server/v3/storage/backend.newBackend({{0x698d0a542c0, 0x1c}, 0x5f5e100, 0x2710, {0x12395ed, 0x7}, 0x280000000, 0x698d0b23680, 0x0, 0x0, ...})
\tgo.etcd.io/etcd/server/v3/storage/backend/backend.go:205 +0x3b8
go.etcd.io/etcd/server/v3/storage/backend.New(...)
\tgo.etcd.io/etcd/server/v3/storage/backend/backend.go:167
go.etcd.io/etcd/server/v3/storage.newBackend({{0x7ffcacface8b, 0xc}, {0x0, 0x0}, {0x0, 0x0}, {{{0x1d40d20, 0x0, 0x0}, 0x12a05f200, ...}, ...}, ...}, ...)
\tgo.etcd.io/etcd/server/v3/storage/backend.go:55 +0x39b
go.etcd.io/etcd/server/v3/storage.OpenBackend.func1()
\tgo.etcd.io/etcd/server/v3/storage/backend.go:76 +0x86
created by go.etcd.io/etcd/server/v3/storage.OpenBackend in goroutine 1
\tgo.etcd.io/etcd/server/v3/storage/backend.go:75 +0x1a5`,
  page: `goroutine 119 [running]:
go.etcd.io/bbolt/internal/common.Assert(...)
\tgo.etcd.io/bbolt/internal/common/verify.go:65
go.etcd.io/bbolt/internal/common.(*Page).FastCheck(0x7f42dda03000, 0x3)
\tgo.etcd.io/bbolt/internal/common/page.go:83 +0x1c7
go.etcd.io/bbolt.(*Tx).page(0x38b20dd64640?, 0x38b20dfb51b8?)
\tgo.etcd.io/bbolt/tx.go:638 +0x7a
go.etcd.io/bbolt.(*Tx).forEachPageInternal(0x38b20e0f22a0, {0x38b20dd64640, 0x1, 0xa}, 0x38b20dfb5270)
\tgo.etcd.io/bbolt/tx.go:650 +0x5a
go.etcd.io/bbolt.(*Tx).forEachPage(...)
\tgo.etcd.io/bbolt/tx.go:646
go.etcd.io/bbolt.(*Tx).checkInvariantProperties(0x38b20e0f22a0, 0x3, 0x7f42dda051bc?, 0x10?, {0x12cc160, 0x1d40d20}, 0x38b20dd001c0)
\tgo.etcd.io/bbolt/tx_check.go:143 +0xb2
go.etcd.io/bbolt.(*Tx).recursivelyCheckBucket(0x38b20e0f22a0, 0x38b20dfbc500, 0x38b20dfb5678, 0x38b20dfb55c0, {0x12cc160, 0x1d40d20}, 0x38b20dd001c0)
\tgo.etcd.io/bbolt/tx_check.go:130 +0x73
go.etcd.io/bbolt.(*Tx).recursivelyCheckBucket.func1({0x7f42dda051b9?, 0x1d40d20?, 0xa2efc0?})
\tgo.etcd.io/bbolt/tx_check.go:135 +0x90
go.etcd.io/bbolt.(*Bucket).ForEachBucket(0x38b20e0f22a0?, 0x38b20dfb5428)
\tgo.etcd.io/bbolt/bucket.go:605 +0x86
go.etcd.io/bbolt.(*Tx).recursivelyCheckBucket(0x38b20e0f22a0, 0x38b20e0f22b8, 0x38b20dfb5678, 0x38b20dfb55c0, {0x12cc160, 0x1d40d20}, 0x38b20dd001c0)
\tgo.etcd.io/bbolt/tx_check.go:133 +0xe5
go.etcd.io/bbolt.(*DB).freepages(0x38b20dd6e008)
\tgo.etcd.io/bbolt/db.go:1251 +0x22e
go.etcd.io/bbolt.(*DB).loadFreelist.func1()
\tgo.etcd.io/bbolt/db.go:422 +0xc8
sync.(*Once).doSlow(0x38b20dfb5740?, 0x38b20dd6e008?)
\tsync/once.go:78 +0xac
sync.(*Once).Do(...)
\tsync/once.go:69
go.etcd.io/bbolt.(*DB).loadFreelist(0x38b20dd6e008?)
\tgo.etcd.io/bbolt/db.go:418 +0x3b
go.etcd.io/bbolt.Open({0x38b20dd542a0, 0x1c}, 0x180, 0x38b20df060e0)
\tgo.etcd.io/bbolt/db.go:299 +0xb38
go.etcd.io/etcd/server/v3/storage/backend.newBackend({{0x38b20dd542a0, 0x1c}, 0x5f5e100, 0x2710, {0x12395ed, 0x7}, 0x280000000, 0x38b20df52600, 0x0, 0x0, ...})
\tgo.etcd.io/etcd/server/v3/storage/backend/backend.go:203 +0x1d4
go.etcd.io/etcd/server/v3/storage/backend.New(...)
\tgo.etcd.io/etcd/server/v3/storage/backend/backend.go:167
go.etcd.io/etcd/server/v3/storage.newBackend({{0x7ffea813ae8b, 0xc}, {0x0, 0x0}, {0x0, 0x0}, {{{0x1d40d20, 0x0, 0x0}, 0x12a05f200, ...}, ...}, ...}, ...)
\tgo.etcd.io/etcd/server/v3/storage/backend.go:55 +0x39b
go.etcd.io/etcd/server/v3/storage.OpenBackend.func1()
\tgo.etcd.io/etcd/server/v3/storage/backend.go:76 +0x86
created by go.etcd.io/etcd/server/v3/storage.OpenBackend in goroutine 1
\tgo.etcd.io/etcd/server/v3/storage/backend.go:75 +0x1a5`,
  tocommit: `goroutine 130 [running]:
go.uber.org/zap/zapcore.CheckWriteAction.OnWrite(0x0?, 0x364904008600?, {0x0?, 0x0?, 0x3649041f01e0?})
\tgo.uber.org/zap/zapcore/entry.go:196 +0x54
go.uber.org/zap/zapcore.(*CheckedEntry).Write(0x36490427a1a0, {0x0, 0x0, 0x0})
\tgo.uber.org/zap/zapcore/entry.go:272 +0x26e
go.uber.org/zap.(*SugaredLogger).log(0x364903f1c228, 0x4, {0x128d7f0?, 0x425985?}, {0x3649043b1040?, 0x1031960?, 0x49f201?}, {0x0, 0x0, 0x0})
\tgo.uber.org/zap/sugar.go:355 +0xec
go.uber.org/zap.(*SugaredLogger).Panicf(...)
\tgo.uber.org/zap/sugar.go:229
go.etcd.io/etcd/server/v3/etcdserver.(*zapRaftLogger).Panicf(0x3649041a37c0?, {0x128d7f0?, 0x566072?}, {0x3649043b1040?, 0x112be60?, 0x36490427a1a0?})
\tgo.etcd.io/etcd/server/v3/etcdserver/zap_raft.go:102 +0x45
go.etcd.io/raft/v3.(*raftLog).commitTo(0x36490425ad20, 0x22)
\tgo.etcd.io/raft/v3/log.go:324 +0xef
go.etcd.io/raft/v3.(*raft).handleHeartbeat(0x36490434e300, {0x8, 0xbf624c9e82dced96, 0x16946dc3570ef393, 0x5, 0x0, 0x0, {0x0, 0x0, 0x0}, ...})
\tgo.etcd.io/raft/v3/raft.go:1831 +0x36
go.etcd.io/raft/v3.stepFollower(0x36490434e300, {0x8, 0xbf624c9e82dced96, 0x16946dc3570ef393, 0x5, 0x0, 0x0, {0x0, 0x0, 0x0}, ...})
\tgo.etcd.io/raft/v3/raft.go:1732 +0x4c5
go.etcd.io/raft/v3.(*raft).Step(0x36490434e300, {0x8, 0xbf624c9e82dced96, 0x16946dc3570ef393, 0x5, 0x0, 0x0, {0x0, 0x0, 0x0}, ...})
\tgo.etcd.io/raft/v3/raft.go:1257 +0xe83
go.etcd.io/raft/v3.(*node).run(0x3649041b35c0)
\tgo.etcd.io/raft/v3/node.go:399 +0x94f
created by go.etcd.io/raft/v3.RestartNode in goroutine 1
\tgo.etcd.io/raft/v3/node.go:287 +0x245`,
  fault: `unexpected fault address 0x7f0babe05000
fatal error: fault
[signal SIGBUS: bus error code=0x2 addr=0x7f0babe05000 pc=0xa10c0a]

goroutine 123 gp=0x31787bc13c20 m=0 mp=0x1d20d60 [running]:
runtime.throw({0x123720f?, 0x0?})
\truntime/panic.go:1229 +0x48 fp=0x31787be77168 sp=0x31787be77138 pc=0x48d788
runtime.sigpanic()
\truntime/signal_unix.go:928 +0x10a fp=0x31787be771c8 sp=0x31787be77168 pc=0x48f80a
go.etcd.io/bbolt/internal/common.(*Page).FastCheck(0x7f0babe05000, 0x5)
\tgo.etcd.io/bbolt/internal/common/page.go:83 +0x2a fp=0x31787be77290 sp=0x31787be771c8 pc=0xa10c0a
go.etcd.io/bbolt.(*Tx).page(0x31787bae45f0?, 0x31787be77300?)
\tgo.etcd.io/bbolt/tx.go:638 +0x7a fp=0x31787be772c8 sp=0x31787be77290 pc=0xa2d4da
go.etcd.io/bbolt.(*Tx).forEachPageInternal(0x31787bd14540, {0x31787bae45f0, 0x1, 0xa}, 0x31787be773b8)
\tgo.etcd.io/bbolt/tx.go:650 +0x5a fp=0x31787be77338 sp=0x31787be772c8 pc=0xa2d59a
go.etcd.io/bbolt.(*Tx).forEachPage(...)
\tgo.etcd.io/bbolt/tx.go:646
go.etcd.io/bbolt.(*Tx).checkInvariantProperties(0x31787bd14540, 0x5, 0x1d20d60?, 0x31787bcd2ed0?, {0x12cc160, 0x1d40d20}, 0x31787ba823f0)
\tgo.etcd.io/bbolt/tx_check.go:143 +0xb2 fp=0x31787be773f0 sp=0x31787be77338 pc=0xa2eef2
go.etcd.io/bbolt.(*Tx).recursivelyCheckBucket(0x31787bd14540, 0x31787bd14558, 0x31787be77678, 0x31787be775c0, {0x12cc160, 0x1d40d20}, 0x31787ba823f0)
\tgo.etcd.io/bbolt/tx_check.go:130 +0x73 fp=0x31787be77478 sp=0x31787be773f0 pc=0xa2ec93
go.etcd.io/bbolt.(*DB).freepages(0x31787bcc2488)
\tgo.etcd.io/bbolt/db.go:1251 +0x22e fp=0x31787be776d8 sp=0x31787be77478 pc=0xa257ee
go.etcd.io/bbolt.(*DB).loadFreelist.func1()
\tgo.etcd.io/bbolt/db.go:422 +0xc8 fp=0x31787be77710 sp=0x31787be776d8 pc=0xa210c8
sync.(*Once).doSlow(0x31787be77740?, 0x31787bcc2488?)
\tsync/once.go:78 +0xac fp=0x31787be77768 sp=0x31787be77710 pc=0x49f0cc
sync.(*Once).Do(...)
\tsync/once.go:69
go.etcd.io/bbolt.(*DB).loadFreelist(0x31787bcc2488?)
\tgo.etcd.io/bbolt/db.go:418 +0x3b fp=0x31787be77798 sp=0x31787be77768 pc=0xa20fdb`,
} as const
