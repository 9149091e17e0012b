import { ExitError } from './errors.ts'

/** Where all of etcdctl's commands are called from, innermost first. Pointers and arguments are those of one run. */
const CALLERS = `github.com/spf13/cobra.(*Command).execute(0x1ae163969808, {0x1521a60, 0x0, 0x0})
\tgithub.com/spf13/cobra/command.go:1019 +0xafb
github.com/spf13/cobra.(*Command).ExecuteC(0x14f1ac0)
\tgithub.com/spf13/cobra/command.go:1148 +0x465
github.com/spf13/cobra.(*Command).Execute(...)
\tgithub.com/spf13/cobra/command.go:1071
go.etcd.io/etcd/etcdctl/v3/ctlv3.Start()
\tgo.etcd.io/etcd/etcdctl/v3/ctlv3/ctl.go:112 +0xf8
go.etcd.io/etcd/etcdctl/v3/ctlv3.MustStart()
\tgo.etcd.io/etcd/etcdctl/v3/ctlv3/ctl.go:116 +0x13
main.main()
\tgo.etcd.io/etcd/etcdctl/v3/main.go:23 +0xf`

const COMPARES = `go.etcd.io/etcd/etcdctl/v3/ctlv3/command.readCompares(0x1ae163b27bd8)
\tgo.etcd.io/etcd/etcdctl/v3/ctlv3/command/txn_command.go:111 +0xdc
go.etcd.io/etcd/etcdctl/v3/ctlv3/command.txnCommandFunc(0x1ae163969808, {0x1521a60?, 0x4?, 0xd43976?})
\tgo.etcd.io/etcd/etcdctl/v3/ctlv3/command/txn_command.go:78 +0x21d
${CALLERS}`

/** What etcdctl's code did not expect, and the trace that Go leaves of it. */
export const PANICS = {
  unknownResult: `panic: Unknown result op

goroutine 1 [running]:
go.etcd.io/etcd/client/v3.Compare({0x0, 0x2, {0x1ae163b0ec18, 0x1, 0x8}, {0x0, 0x0}, {0x0, 0x0, 0x0}, ...}, ...)
\tgo.etcd.io/etcd/client/v3/compare.go:48 +0x3b1
go.etcd.io/etcd/etcdctl/v3/ctlv3/command.ParseCompare({0x1ae163b0ebf0, 0xf})
\tgo.etcd.io/etcd/etcdctl/v3/ctlv3/command/txn_command.go:216 +0x49b
${COMPARES}
`,
  noHeader: `panic: runtime error: invalid memory address or nil pointer dereference
[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0xae7e0d]

goroutine 1 [running]:
go.etcd.io/etcd/etcdctl/v3/ctlv3/command.(*fieldsPrinter).hdr(0x10db77ad5ad8?, 0x0)
\tgo.etcd.io/etcd/etcdctl/v3/ctlv3/command/printer_fields.go:49 +0x14d
go.etcd.io/etcd/etcdctl/v3/ctlv3/command.(*fieldsPrinter).Alarm(0x10db77b27698, {0x0, {0x0, 0x0, 0x0}, {}, {0x0, 0x0, 0x0}, 0x0})
\tgo.etcd.io/etcd/etcdctl/v3/ctlv3/command/printer_fields.go:224 +0x6f
go.etcd.io/etcd/etcdctl/v3/ctlv3/command.alarmDisarmCommandFunc(0x10db77d7e308, {0x10db77d7a460?, 0x4?, 0xd43976?})
\tgo.etcd.io/etcd/etcdctl/v3/ctlv3/command/alarm_command.go:59 +0x1b2
${CALLERS}
`,
  leaseValue: `panic: bad value

goroutine 1 [running]:
go.etcd.io/etcd/client/v3.mustInt64(...)
\tgo.etcd.io/etcd/client/v3/compare.go:132
go.etcd.io/etcd/client/v3.mustInt64orLeaseID(...)
\tgo.etcd.io/etcd/client/v3/compare.go:141
go.etcd.io/etcd/client/v3.Compare({0x0, 0x4, {0x0, 0x0, 0x0}, {0x0, 0x0}, {0x0, 0x0, 0x0}, ...}, ...)
\tgo.etcd.io/etcd/client/v3/compare.go:66 +0x346
go.etcd.io/etcd/etcdctl/v3/ctlv3/command.ParseCompare({0x2f88c07c4d38, 0x10})
\tgo.etcd.io/etcd/etcdctl/v3/ctlv3/command/txn_command.go:221 +0x60d
${COMPARES}
`,
} as const

/** Ends the command as an unrecovered panic does: the trace, and status 2. */
export class Panic extends ExitError {
  constructor(readonly trace: string) {
    super(2, '')
  }
}
