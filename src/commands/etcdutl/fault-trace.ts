/** What Go prints when `etcdutl snapshot status` touches a page, by this number, that is mapped but behind the file's end. */
export const faultTrace = (page: number): string => `unexpected fault address 0x7fa9fdd4b000
fatal error: fault
[signal SIGBUS: bus error code=0x2 addr=0x7fa9fdd4b000 pc=0xa0dfca]

goroutine 107 gp=0xe921205a40 m=0 mp=0x14f5980 [running]:
runtime.throw({0xd2db32?, 0x0?})
\truntime/panic.go:1229 +0x48 fp=0xe9213066e0 sp=0xe9213066b0 pc=0x489028
runtime.sigpanic()
\truntime/signal_unix.go:928 +0x10a fp=0xe921306740 sp=0xe9213066e0 pc=0x48afea
go.etcd.io/bbolt/internal/common.(*Page).FastCheck(0x7fa9fdd4b000, 0x${page.toString(16)})
\tgo.etcd.io/bbolt/internal/common/page.go:83 +0x2a fp=0xe921306808 sp=0xe921306740 pc=0xa0dfca
go.etcd.io/bbolt.(*Tx).page(0xe92123e370?, 0xe921306878?)
\tgo.etcd.io/bbolt/tx.go:638 +0x7a fp=0xe921306840 sp=0xe921306808 pc=0xa2a85a
go.etcd.io/bbolt.(*Tx).forEachPageInternal(0xe92169e0e0, {0xe92123e370, 0x1, 0xa}, 0xe921306930)
\tgo.etcd.io/bbolt/tx.go:650 +0x5a fp=0xe9213068b0 sp=0xe921306840 pc=0xa2a91a
go.etcd.io/bbolt.(*Tx).forEachPage(...)
\tgo.etcd.io/bbolt/tx.go:646
go.etcd.io/bbolt.(*Tx).checkInvariantProperties(0xe92169e0e0, 0x${page.toString(16)}, 0x14f5980?, 0xe9212474d0?, {0xd95528, 0x1515940}, 0xe9212e4620)
\tgo.etcd.io/bbolt/tx_check.go:143 +0xb2 fp=0xe921306968 sp=0xe9213068b0 pc=0xa2c272
go.etcd.io/bbolt.(*Tx).recursivelyCheckBucket(0xe92169e0e0, 0xe92169e0f8, 0xe921306bf0, 0xe921306b38, {0xd95528, 0x1515940}, 0xe9212e4620)
\tgo.etcd.io/bbolt/tx_check.go:130 +0x73 fp=0xe9213069f0 sp=0xe921306968 pc=0xa2c013
go.etcd.io/bbolt.(*DB).freepages(0xe92169c008)
\tgo.etcd.io/bbolt/db.go:1251 +0x22e fp=0xe921306c50 sp=0xe9213069f0 pc=0xa22bae
go.etcd.io/bbolt.(*DB).loadFreelist.func1()
\tgo.etcd.io/bbolt/db.go:422 +0xc8 fp=0xe921306c88 sp=0xe921306c50 pc=0xa1e488
sync.(*Once).doSlow(0x0?, 0x0?)
\tsync/once.go:78 +0xac fp=0xe921306ce0 sp=0xe921306c88 pc=0x49d64c
sync.(*Once).Do(...)
\tsync/once.go:69
go.etcd.io/bbolt.(*DB).loadFreelist(0x0?)
\tgo.etcd.io/bbolt/db.go:418 +0x3b fp=0xe921306d10 sp=0xe921306ce0 pc=0xa1e39b
go.etcd.io/bbolt.(*Tx).check(0xe92169e000, {{0xd95528?, 0x1515940?}, 0xe9212f69c0?}, 0xe9212e45b0)
\tgo.etcd.io/bbolt/tx_check.go:40 +0x5e fp=0xe921306f88 sp=0xe921306d10 pc=0xa2b39e
go.etcd.io/bbolt.(*Tx).Check.func1()
\tgo.etcd.io/bbolt/tx_check.go:33 +0x56 fp=0xe921306fe0 sp=0xe921306f88 pc=0xa2b2d6
runtime.goexit({})
\truntime/asm_amd64.s:1771 +0x1 fp=0xe921306fe8 sp=0xe921306fe0 pc=0x490381
created by go.etcd.io/bbolt.(*Tx).Check in goroutine 1
\tgo.etcd.io/bbolt/tx_check.go:30 +0xf2

goroutine 1 gp=0xe9212041e0 m=nil [chan receive]:
runtime.gopark(0xe9216376a0?, 0x486ba5?, 0x20?, 0x0?, 0x48e912?)
\truntime/proc.go:462 +0xce fp=0xe921637670 sp=0xe921637650 pc=0x48914e
runtime.chanrecv(0xe9212e45b0, 0xe921637868, 0x1)
\truntime/chan.go:667 +0x4ae fp=0xe9216376e8 sp=0xe921637670 pc=0x41c62e
runtime.chanrecv2(0xe92169e000?, 0x0?)
\truntime/chan.go:514 +0x12 fp=0xe921637710 sp=0xe9216376e8 pc=0x41c172
go.etcd.io/etcd/etcdutl/v3/snapshot.(*v3Manager).Status.func1(0xe92169e000)
\tgo.etcd.io/etcd/etcdutl/v3/snapshot/v3_snapshot.go:134 +0xb9 fp=0xe921637900 sp=0xe921637710 pc=0xad9fd9
go.etcd.io/bbolt.(*DB).View(0x7ffe95314a06?, 0xe921637af8)
\tgo.etcd.io/bbolt/db.go:939 +0x6c fp=0xe921637968 sp=0xe921637900 pc=0xa2106c
go.etcd.io/etcd/etcdutl/v3/snapshot.(*v3Manager).Status(0x0?, {0x7ffe95314a06, 0xe})
\tgo.etcd.io/etcd/etcdutl/v3/snapshot/v3_snapshot.go:131 +0x1fc fp=0xe921637b40 sp=0xe921637968 pc=0xad9d9c
go.etcd.io/etcd/etcdutl/v3/etcdutl.SnapshotStatusCommandFunc(0xe9211fd400?, {0xe9212473c0, 0x1, 0xd2d15e?})
\tgo.etcd.io/etcd/etcdutl/v3/etcdutl/snapshot_command.go:101 +0x106 fp=0xe921637c58 sp=0xe921637b40 pc=0xaec906
github.com/spf13/cobra.(*Command).execute(0xe921696908, {0xe921247370, 0x1, 0x1})
\tgithub.com/spf13/cobra/command.go:1019 +0xafb fp=0xe921637e00 sp=0xe921637c58 pc=0x5f865b
github.com/spf13/cobra.(*Command).ExecuteC(0x14e4900)
\tgithub.com/spf13/cobra/command.go:1148 +0x465 fp=0xe921637ef0 sp=0xe921637e00 pc=0x5f8fa5
github.com/spf13/cobra.(*Command).Execute(...)
\tgithub.com/spf13/cobra/command.go:1071
main.Start()
\tgo.etcd.io/etcd/etcdutl/v3/ctl.go:54 +0xc9 fp=0xe921637f20 sp=0xe921637ef0 pc=0xaedc09
main.main()
\tgo.etcd.io/etcd/etcdutl/v3/main.go:23 +0x13 fp=0xe921637f48 sp=0xe921637f20 pc=0xaedd33
runtime.main()
\truntime/proc.go:290 +0x2d5 fp=0xe921637fe0 sp=0xe921637f48 pc=0x454815
runtime.goexit({})
\truntime/asm_amd64.s:1771 +0x1 fp=0xe921637fe8 sp=0xe921637fe0 pc=0x490381

goroutine 2 gp=0xe921204780 m=nil [force gc (idle)]:
runtime.gopark(0x0?, 0x0?, 0x0?, 0x0?, 0x0?)
\truntime/proc.go:462 +0xce fp=0xe92125cfa8 sp=0xe92125cf88 pc=0x48914e
runtime.goparkunlock(...)
\truntime/proc.go:468
runtime.forcegchelper()
\truntime/proc.go:375 +0xb3 fp=0xe92125cfe0 sp=0xe92125cfa8 pc=0x454b33
runtime.goexit({})
\truntime/asm_amd64.s:1771 +0x1 fp=0xe92125cfe8 sp=0xe92125cfe0 pc=0x490381
created by runtime.init.7 in goroutine 1
\truntime/proc.go:363 +0x1a

goroutine 3 gp=0xe921204d20 m=nil [GC sweep wait]:
runtime.gopark(0x0?, 0x0?, 0x0?, 0x0?, 0x0?)
\truntime/proc.go:462 +0xce fp=0xe92125d788 sp=0xe92125d768 pc=0x48914e
runtime.goparkunlock(...)
\truntime/proc.go:468
runtime.bgsweep(0xe921242080)
\truntime/mgcsweep.go:279 +0x94 fp=0xe92125d7c8 sp=0xe92125d788 pc=0x43d6f4
runtime.gcenable.gowrap1()
\truntime/mgc.go:214 +0x17 fp=0xe92125d7e0 sp=0xe92125d7c8 pc=0x42eb17
runtime.goexit({})
\truntime/asm_amd64.s:1771 +0x1 fp=0xe92125d7e8 sp=0xe92125d7e0 pc=0x490381
created by runtime.gcenable in goroutine 1
\truntime/mgc.go:214 +0x66

goroutine 4 gp=0xe921204f00 m=nil [GC scavenge wait]:
runtime.gopark(0x10000?, 0xd89fd0?, 0x0?, 0x0?, 0x0?)
\truntime/proc.go:462 +0xce fp=0xe92125df78 sp=0xe92125df58 pc=0x48914e
runtime.goparkunlock(...)
\truntime/proc.go:468
runtime.(*scavengerState).park(0x14f4740)
\truntime/mgcscavenge.go:425 +0x49 fp=0xe92125dfa8 sp=0xe92125df78 pc=0x43b229
runtime.bgscavenge(0xe921242080)
\truntime/mgcscavenge.go:658 +0x59 fp=0xe92125dfc8 sp=0xe92125dfa8 pc=0x43b7b9
runtime.gcenable.gowrap2()
\truntime/mgc.go:215 +0x17 fp=0xe92125dfe0 sp=0xe92125dfc8 pc=0x42ead7
runtime.goexit({})
\truntime/asm_amd64.s:1771 +0x1 fp=0xe92125dfe8 sp=0xe92125dfe0 pc=0x490381
created by runtime.gcenable in goroutine 1
\truntime/mgc.go:215 +0xa5

goroutine 17 gp=0xe921300000 m=nil [GOMAXPROCS updater (idle)]:
runtime.gopark(0x0?, 0x0?, 0x0?, 0x0?, 0x0?)
\truntime/proc.go:462 +0xce fp=0xe921258788 sp=0xe921258768 pc=0x48914e
runtime.goparkunlock(...)
\truntime/proc.go:468
runtime.updateMaxProcsGoroutine()
\truntime/proc.go:7095 +0xe7 fp=0xe9212587e0 sp=0xe921258788 pc=0x462f27
runtime.goexit({})
\truntime/asm_amd64.s:1771 +0x1 fp=0xe9212587e8 sp=0xe9212587e0 pc=0x490381
created by runtime.defaultGOMAXPROCSUpdateEnable in goroutine 1
\truntime/proc.go:7083 +0x37

goroutine 18 gp=0xe9213001e0 m=nil [finalizer wait]:
runtime.gopark(0x463f75?, 0x15174a0?, 0x13?, 0x0?, 0xe92125c670?)
\truntime/proc.go:462 +0xce fp=0xe92125c620 sp=0xe92125c600 pc=0x48914e
runtime.runFinalizers()
\truntime/mfinal.go:210 +0x107 fp=0xe92125c7e0 sp=0xe92125c620 pc=0x42da87
runtime.goexit({})
\truntime/asm_amd64.s:1771 +0x1 fp=0xe92125c7e8 sp=0xe92125c7e0 pc=0x490381
created by runtime.createfing in goroutine 1
\truntime/mfinal.go:172 +0x3d

goroutine 19 gp=0xe92153e5a0 m=nil [cleanup wait]:
runtime.gopark(0x0?, 0x0?, 0x0?, 0x0?, 0x0?)
\truntime/proc.go:462 +0xce fp=0xe921258f68 sp=0xe921258f48 pc=0x48914e
runtime.goparkunlock(...)
\truntime/proc.go:468
runtime.(*cleanupQueue).dequeue(0x14f4ac0)
\truntime/mcleanup.go:522 +0xd4 fp=0xe921258fa0 sp=0xe921258f68 pc=0x429ff4
runtime.runCleanups()
\truntime/mcleanup.go:718 +0x45 fp=0xe921258fe0 sp=0xe921258fa0 pc=0x42a665
runtime.goexit({})
\truntime/asm_amd64.s:1771 +0x1 fp=0xe921258fe8 sp=0xe921258fe0 pc=0x490381
created by runtime.(*cleanupQueue).createGs in goroutine 1
\truntime/mcleanup.go:672 +0xa5

goroutine 89 gp=0xe921205680 m=nil [runnable]:
runtime.semrelease1(0x141ad78?, 0x0, 0x0)
\truntime/sema.go:207 +0x21d fp=0xe92125e6a0 sp=0xe92125e698 pc=0x468c1d
runtime.semrelease(...)
\truntime/sema.go:204
runtime.gcMarkDone()
\truntime/mgc.go:1067 +0x17b fp=0xe92125e740 sp=0xe92125e6a0 pc=0x42f99b
runtime.gcBgMarkWorker(0xe9212e4540)
\truntime/mgc.go:1912 +0x2c8 fp=0xe92125e7c8 sp=0xe92125e740 pc=0x4317c8
runtime.gcBgMarkStartWorkers.gowrap1()
\truntime/mgc.go:1695 +0x17 fp=0xe92125e7e0 sp=0xe92125e7c8 pc=0x4314d7
runtime.goexit({})
\truntime/asm_amd64.s:1771 +0x1 fp=0xe92125e7e8 sp=0xe92125e7e0 pc=0x490381
created by runtime.gcBgMarkStartWorkers in goroutine 1
\truntime/mgc.go:1695 +0x105

goroutine 90 gp=0xe921205860 m=nil [GC worker (idle)]:
runtime.gopark(0x4021f288dca9?, 0x0?, 0x0?, 0x0?, 0x0?)
\truntime/proc.go:462 +0xce fp=0xe92125ef40 sp=0xe92125ef20 pc=0x48914e
runtime.gcBgMarkWorker(0xe9212e4540)
\truntime/mgc.go:1791 +0xeb fp=0xe92125efc8 sp=0xe92125ef40 pc=0x4315eb
runtime.gcBgMarkStartWorkers.gowrap1()
\truntime/mgc.go:1695 +0x17 fp=0xe92125efe0 sp=0xe92125efc8 pc=0x4314d7
runtime.goexit({})
\truntime/asm_amd64.s:1771 +0x1 fp=0xe92125efe8 sp=0xe92125efe0 pc=0x490381
created by runtime.gcBgMarkStartWorkers in goroutine 1
\truntime/mgc.go:1695 +0x105

goroutine 108 gp=0xe9216921e0 m=nil [runnable]:
go.etcd.io/bbolt.(*DB).freepages.func2()
\tgo.etcd.io/bbolt/db.go:1246 fp=0xe92125f7e0 sp=0xe92125f7d8 pc=0xa22dc0
runtime.goexit({})
\truntime/asm_amd64.s:1771 +0x1 fp=0xe92125f7e8 sp=0xe92125f7e0 pc=0x490381
created by go.etcd.io/bbolt.(*DB).freepages in goroutine 107
\tgo.etcd.io/bbolt/db.go:1246 +0x1ef
`
