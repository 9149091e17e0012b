/** What `kubectl debug -f` of 1.36 ends in: with files nobody has set up its printer of warnings. The addresses are of one run. */
export const DISPLAY_WARNING_PANIC = `panic: runtime error: invalid memory address or nil pointer dereference
[signal SIGSEGV: segmentation violation code=0x1 addr=0x10 pc=0x559bfe6c4842]

goroutine 15 [running]:
k8s.io/kubectl/pkg/cmd/debug.(*DebugOptions).displayWarning(0x10?, 0x559c0030b978?, 0x3840d36f5c70?)
	k8s.io/kubectl/pkg/cmd/debug/debug.go:647 +0x22
k8s.io/kubectl/pkg/cmd/debug.(*DebugOptions).debugByEphemeralContainer(0x3840d301ba40, {0x559c007bd4a8, 0x559c008f8480}, 0x3840d32bef08)
	k8s.io/kubectl/pkg/cmd/debug/debug.go:500 +0x326
k8s.io/kubectl/pkg/cmd/debug.(*DebugOptions).visitPod(0x559c002844d0?, {0x559c007bd4a8?, 0x559c008f8480?}, 0x3840d36f5d58?)
	k8s.io/kubectl/pkg/cmd/debug/debug.go:483 +0x30
k8s.io/kubectl/pkg/cmd/debug.(*DebugOptions).Run.func1(0x3840d3812700?, {0x0?, 0x0?})
	k8s.io/kubectl/pkg/cmd/debug/debug.go:438 +0xa5
k8s.io/cli-runtime/pkg/resource.DecoratedVisitor.Visit.func1(0x3840d3812700, {0x0?, 0x0?})
	k8s.io/cli-runtime/pkg/resource/visitor.go:367 +0xa5
k8s.io/cli-runtime/pkg/resource.(*StreamVisitor).Visit(0x3840d30f7940, 0x3840d30f79c0)
	k8s.io/cli-runtime/pkg/resource/visitor.go:614 +0x183
k8s.io/cli-runtime/pkg/resource.(*FileVisitor).Visit(0x3840d3690c90, 0x3840d30f79c0)
	k8s.io/cli-runtime/pkg/resource/visitor.go:563 +0x285
k8s.io/cli-runtime/pkg/resource.ConcurrentVisitorList.Visit.func1()
	k8s.io/cli-runtime/pkg/resource/visitor.go:224 +0x36
golang.org/x/sync/errgroup.(*Group).Go.func1()
	golang.org/x/sync/errgroup/errgroup.go:93 +0x50
created by golang.org/x/sync/errgroup.(*Group).Go in goroutine 1
	golang.org/x/sync/errgroup/errgroup.go:78 +0xa5
`
