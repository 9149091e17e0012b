import { COBRA, goStack, RUNTIME_MAIN } from '../../print/go-stack.ts'

/** Go stack traces of etcdutl, as recorded: of the log lines of a database that cannot be opened, and of panics. */
export interface OpenTraces {
  readonly open: string
  readonly failed: string
  readonly panicLine: string
  readonly panic: string
}

/** `callers`: the frames below newBackend, which opens the file. */
function openTraces(callers: readonly string[], panic: string): OpenTraces {
  const newBackend = (line: number) => `~/server/v3/storage/backend newBackend backend.go:${line}`
  return {
    open: goStack(newBackend(203), ...callers),
    failed: goStack('go.etcd.io/bbolt Open db.go:322', newBackend(203), ...callers),
    panicLine: goStack(newBackend(205), ...callers),
    panic,
  }
}

export const DEFRAG_TRACES = openTraces(
  ['~/server/v3/storage/backend New backend.go:167', '~/etcdutl/v3/etcdutl DefragData.func1 defrag_command.go:62'],
  `goroutine 71 [running]:
go.uber.org/zap/zapcore.CheckWriteAction.OnWrite(0x2?, 0x2?, {0x0?, 0x0?, 0x3f4dc9596b60?})
\tgo.uber.org/zap/zapcore/entry.go:196 +0x54
go.uber.org/zap/zapcore.(*CheckedEntry).Write(0x3f4dc95aed00, {0x3f4dc959a580, 0x2, 0x2})
\tgo.uber.org/zap/zapcore/entry.go:272 +0x26e
go.uber.org/zap.(*Logger).Panic(0x3f4dc95da0d8?, {0xd3b46c?, 0x180?}, {0x3f4dc959a580, 0x2, 0x2})
\tgo.uber.org/zap/logger.go:285 +0x4b
go.etcd.io/etcd/server/v3/storage/backend.newBackend({{0x3f4dc95da0d8, 0x14}, 0x5f5e100, 0x2710, {0x0, 0x0}, 0x280000000, 0x3f4dc959a280, 0x0, 0x0, ...})
\tgo.etcd.io/etcd/server/v3/storage/backend/backend.go:205 +0x3b8
go.etcd.io/etcd/server/v3/storage/backend.New(...)
\tgo.etcd.io/etcd/server/v3/storage/backend/backend.go:167
go.etcd.io/etcd/etcdutl/v3/etcdutl.DefragData.func1()
\tgo.etcd.io/etcd/etcdutl/v3/etcdutl/defrag_command.go:62 +0x10e
created by go.etcd.io/etcd/etcdutl/v3/etcdutl.DefragData in goroutine 1
\tgo.etcd.io/etcd/etcdutl/v3/etcdutl/defrag_command.go:57 +0xfd`,
)

export const MIGRATE_TRACES = openTraces(
  [
    '~/server/v3/storage/backend NewDefaultBackend backend.go:183',
    '~/etcdutl/v3/etcdutl migrateCommandFunc migrate_command.go:126',
    '~/etcdutl/v3/etcdutl NewMigrateCommand.func1 migrate_command.go:44',
    ...COBRA,
    'main:~/etcdutl/v3 Start ctl.go:54',
    'main:~/etcdutl/v3 main main.go:23',
    RUNTIME_MAIN,
  ],
  `goroutine 1 [running]:
go.uber.org/zap/zapcore.CheckWriteAction.OnWrite(0x2?, 0x2?, {0x0?, 0x0?, 0x9e1ba8f60c0?})
\tgo.uber.org/zap/zapcore/entry.go:196 +0x54
go.uber.org/zap/zapcore.(*CheckedEntry).Write(0x9e1ba92c410, {0x9e1ba8e8280, 0x2, 0x2})
\tgo.uber.org/zap/zapcore/entry.go:272 +0x26e
go.uber.org/zap.(*Logger).Panic(0x9e1ba60a168?, {0xd3b46c?, 0x180?}, {0x9e1ba8e8280, 0x2, 0x2})
\tgo.uber.org/zap/logger.go:285 +0x4b
go.etcd.io/etcd/server/v3/storage/backend.newBackend({{0x9e1ba60a168, 0x14}, 0x5f5e100, 0x2710, {0x0, 0x0}, 0x280000000, 0x9e1ba67c180, 0x0, 0x0, ...})
\tgo.etcd.io/etcd/server/v3/storage/backend/backend.go:205 +0x3b8
go.etcd.io/etcd/server/v3/storage/backend.NewDefaultBackend(0x9e1ba67c180, {0x9e1ba60a168, 0x14}, {0x0, 0x0, 0x1?})
\tgo.etcd.io/etcd/server/v3/storage/backend/backend.go:183 +0x151
go.etcd.io/etcd/etcdutl/v3/etcdutl.migrateCommandFunc(0x9e1ba662ec0)
\tgo.etcd.io/etcd/etcdutl/v3/etcdutl/migrate_command.go:126 +0x78
go.etcd.io/etcd/etcdutl/v3/etcdutl.NewMigrateCommand.func1(0x9e1ba5cce00?, {0xd2ac9a?, 0x4?, 0xd2ac9e?})
\tgo.etcd.io/etcd/etcdutl/v3/etcdutl/migrate_command.go:44 +0x35
github.com/spf13/cobra.(*Command).execute(0x9e1baa1d508, {0x9e1ba662d00, 0x4, 0x4})
\tgithub.com/spf13/cobra/command.go:1019 +0xafb
github.com/spf13/cobra.(*Command).ExecuteC(0x14da360)
\tgithub.com/spf13/cobra/command.go:1148 +0x465
github.com/spf13/cobra.(*Command).Execute(...)
\tgithub.com/spf13/cobra/command.go:1071
main.Start()
\tgo.etcd.io/etcd/etcdutl/v3/ctl.go:54 +0xc9
main.main()
\tgo.etcd.io/etcd/etcdutl/v3/main.go:23 +0x13`,
)

export const LESSOR_TRACE = `goroutine 1 [running]:
go.etcd.io/etcd/server/v3/storage/mvcc.(*store).restore(0x11e2995140d0)
\tgo.etcd.io/etcd/server/v3/storage/mvcc/kvstore.go:395 +0xd0c
go.etcd.io/etcd/server/v3/storage/mvcc.NewStore(0xc7dfc0?, {0xda36f8, 0x11e2994c0000}, {0x0, 0x0}, {0x0?, 0x280000000?})
\tgo.etcd.io/etcd/server/v3/storage/mvcc/kvstore.go:128 +0x5ba
go.etcd.io/etcd/etcdutl/v3/etcdutl.calculateHashKV({0x7ffde0c83f4a, 0x13}, 0x0)
\tgo.etcd.io/etcd/etcdutl/v3/etcdutl/hashkv_command.go:60 +0x2cd
go.etcd.io/etcd/etcdutl/v3/etcdutl.hashKVCommandFunc(0x11e2991d5a00?, {0x11e299602330, 0x1, 0xd2ac9e?})
\tgo.etcd.io/etcd/etcdutl/v3/etcdutl/hashkv_command.go:43 +0x51
github.com/spf13/cobra.(*Command).execute(0x11e29931db08, {0x11e299602300, 0x1, 0x1})
\tgithub.com/spf13/cobra/command.go:1019 +0xafb
github.com/spf13/cobra.(*Command).ExecuteC(0x14da360)
\tgithub.com/spf13/cobra/command.go:1148 +0x465
github.com/spf13/cobra.(*Command).Execute(...)
\tgithub.com/spf13/cobra/command.go:1071
main.Start()
\tgo.etcd.io/etcd/etcdutl/v3/ctl.go:54 +0xc9
main.main()
\tgo.etcd.io/etcd/etcdutl/v3/main.go:23 +0x13`

/** bbolt checks its pages and meets one, by this number, that was cut off. */
export const cutOffTrace = (page: number): string => `goroutine 104 [running]:
go.etcd.io/bbolt/internal/common.Assert(...)
\tgo.etcd.io/bbolt/internal/common/verify.go:65
go.etcd.io/bbolt/internal/common.(*Page).FastCheck(0x7f618834c000, 0x${page.toString(16)})
\tgo.etcd.io/bbolt/internal/common/page.go:83 +0x1c7
go.etcd.io/bbolt.(*Tx).page(0x357a779640f0?, 0x357a77bc6878?)
\tgo.etcd.io/bbolt/tx.go:638 +0x7a
go.etcd.io/bbolt.(*Tx).forEachPageInternal(0x357a778c21c0, {0x357a779640f0, 0x1, 0xa}, 0x357a77bcf930)
\tgo.etcd.io/bbolt/tx.go:650 +0x5a
go.etcd.io/bbolt.(*Tx).forEachPage(...)
\tgo.etcd.io/bbolt/tx.go:646
go.etcd.io/bbolt.(*Tx).checkInvariantProperties(0x357a778c21c0, 0x${page.toString(16)}, 0x14eb3c0?, 0x357a778604d0?, {0xd92b68, 0x150b380}, 0x357a778baa80)
\tgo.etcd.io/bbolt/tx_check.go:143 +0xb2
go.etcd.io/bbolt.(*Tx).recursivelyCheckBucket(0x357a778c21c0, 0x357a778c21d8, 0x357a77bcfbf0, 0x357a77bcfb38, {0xd92b68, 0x150b380}, 0x357a778baa80)
\tgo.etcd.io/bbolt/tx_check.go:130 +0x73
go.etcd.io/bbolt.(*DB).freepages(0x357a77b02008)
\tgo.etcd.io/bbolt/db.go:1251 +0x22e
go.etcd.io/bbolt.(*DB).loadFreelist.func1()
\tgo.etcd.io/bbolt/db.go:422 +0xc8
sync.(*Once).doSlow(0x0?, 0x0?)
\tsync/once.go:78 +0xac
sync.(*Once).Do(...)
\tsync/once.go:69
go.etcd.io/bbolt.(*DB).loadFreelist(0x0?)
\tgo.etcd.io/bbolt/db.go:418 +0x3b
go.etcd.io/bbolt.(*Tx).check(0x357a778c20e0, {{0xd92b68?, 0x150b380?}, 0x357a77b99920?}, 0x357a778baa10)
\tgo.etcd.io/bbolt/tx_check.go:40 +0x5e
go.etcd.io/bbolt.(*Tx).Check.func1()
\tgo.etcd.io/bbolt/tx_check.go:33 +0x56
created by go.etcd.io/bbolt.(*Tx).Check in goroutine 1
\tgo.etcd.io/bbolt/tx_check.go:30 +0xf2`
