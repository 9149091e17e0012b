import type { Host } from '../../../src/host/index.ts'
import { containerdOf } from '../../../src/programs/containerd/index.ts'
import {
  type Files,
  type Image,
  type ImageVersion,
  lookup,
  parseReference,
} from '../../../src/programs/images/index.ts'

interface LabImage {
  /** Configuration and manifest. */
  readonly id: string
  readonly digest: string
  readonly size: number
  readonly tags: readonly string[]
  /** Image of the catalogue whose programs it has. */
  readonly like: string
  /** What differs from that one. */
  readonly spec?: Partial<ImageVersion>
  readonly pinned?: true
}

/** busybox and nothing else: no accounts, no /home. */
const BUSYBOX: Files = Object.fromEntries([
  ...['cat', 'echo', 'id', 'ls', 'sh', 'sleep', 'tail', 'wget'].map((n) => [`/bin/${n}`, { program: n }]),
  ['/etc/passwd', 'root:x:0:0:root:/root:/bin/sh\n'],
  ...['dev', 'etc', 'proc', 'root', 'sys', 'tmp', 'usr', 'var'].map((n) => [`/${n}`, { dir: true }]),
])

/** The images that the recorder built and imported; the coredns tag is a busybox. */
const IMAGES: readonly LabImage[] = [
  {
    id: 'dafbbb71d88a8af9d511a02b014600a17796cb1ec2723d0d59ff01761d49c246',
    digest: 'a14b78f30b80f961918608add3768af0b19a874c24f8df97520fd62d60c68957',
    size: 1_099_781,
    tags: [
      'docker.io/library/busybox:1.37',
      'docker.io/library/busybox:latest',
      'registry.k8s.io/coredns/coredns:v1.14.2',
    ],
    like: 'busybox:1.36',
    spec: { base: 'scratch', files: BUSYBOX },
  },
  {
    id: '8b6b216e9b29db6c5875474fe4a7bdeccff5db43130fa031e9b709858c64bd18',
    digest: 'e0e85ea156e248d1598d36fa25df95a0af4e3e27039a6ad5a0898605dbad6fba',
    size: 11_703_665,
    tags: ['docker.io/library/nginx:1.27', 'docker.io/library/nginx:latest'],
    like: 'nginx:1.27',
    spec: {
      config: {
        cmd: ['nginx', '-g', 'daemon off;'],
        env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
        ports: ['80/tcp'],
      },
      history: { created: '2026-07-15T09:30:00Z', createdBy: 'local build' },
    },
  },
  {
    id: '46aa8f02db63f1b6fec1f8d7e1517cadce7de38a1f87b80ec918bc12106363b6',
    digest: '87ee9a24e0cb7ab014ed3ff78f366b51c427ee7566fbdbd964c6f13df4cc67dc',
    size: 44_807_566,
    tags: ['registry.k8s.io/etcd:3.6.8-0'],
    like: 'registry.k8s.io/etcd:3.6.8-0',
  },
  {
    id: 'cc05e6f34fe877f68895e954e713e4bdc6c21b42c3f3ada47f57070b3e47b798',
    digest: '020f0647a99c607236d31fe2ae7bd3ab9d13235d1cd8051b7800f745d25d5663',
    size: 38_260_152,
    tags: ['registry.k8s.io/kube-apiserver:v1.36.4'],
    like: 'registry.k8s.io/kube-apiserver:v1.36.4',
  },
  {
    id: 'c9f20195fb2d89657a5fbdf96fb768d7f649db5341eb881aeb0e4b9ea28cc729',
    digest: '1e573b7531101d2508d2ca4c064506fc18d317f73376ca3cf5533a2d497b5d2f',
    size: 33_599_756,
    tags: ['registry.k8s.io/kube-controller-manager:v1.36.4'],
    like: 'registry.k8s.io/kube-controller-manager:v1.36.4',
  },
  {
    id: '008025c369fdde7a588c87b40f2a40b574bbd7d955e1f019fca1c7def9752716',
    digest: 'dedc45a97770adc193ad2446379796b06df85df5ebb771b74eaefe182d3825bd',
    size: 34_175_925,
    tags: ['registry.k8s.io/kube-proxy:v1.36.4'],
    like: 'registry.k8s.io/kube-proxy:v1.36.4',
  },
  {
    id: '98151397271764baeb99f0a5906bd8c620891d712d154abfd0df7b4187ea4968',
    digest: 'f5c54dd8237ba018e7a7d7af07d175fba24914501bed241453d941d886869a49',
    size: 24_016_357,
    tags: ['registry.k8s.io/kube-scheduler:v1.36.4'],
    like: 'registry.k8s.io/kube-scheduler:v1.36.4',
  },
  {
    id: '082cb87352380e8f46623d74c60500e7f7d4dbd67a723a845faa8ee5ecb5291d',
    digest: '7b1a1d46d559a43fc56714b0176a623b32fa29ab25dd358f244b743a671a5e8b',
    size: 329_106,
    tags: ['registry.k8s.io/pause:3.10', 'registry.k8s.io/pause:3.10.2'],
    like: 'registry.k8s.io/pause:3.10.2',
    pinned: true,
  },
]

/** Puts the lab's images on a machine, as `ctr images import` does: with tags, without repository digests. */
export function importLabImages(host: Host): void {
  const state = containerdOf(host)
  for (const lab of IMAGES) {
    const ref = parseReference(lab.like)
    const found = typeof ref === 'string' ? undefined : lookup(ref)
    if (found?.outcome !== 'found') throw new Error(lab.like)
    const image: Image = {
      ...found.image,
      id: `sha256:${lab.id}`,
      digest: `sha256:${lab.digest}`,
      spec: { ...found.image.spec, ...lab.spec, size: lab.size },
    }
    for (const tag of lab.tags) state.storeImage(image, tag, undefined, lab.pinned)
  }
}
