/** A file of an image. A plain string is a text file, mode 644. */
export type FileSpec =
  | string
  | {
      readonly text?: string
      /** Name of the registered program that this executable is. */
      readonly program?: string
      /** Its release, where there are several. */
      readonly release?: string
      /** Target of a symbolic link. */
      readonly link?: string
      /** An (empty) directory. */
      readonly dir?: true
      readonly mode?: number
      readonly uid?: number
      readonly gid?: number
    }

/** Absolute path → file. */
export type Files = Readonly<Record<string, FileSpec>>

/** The part of an OCI image configuration that the runtime uses. */
export interface ImageConfig {
  readonly entrypoint?: readonly string[]
  readonly cmd?: readonly string[]
  readonly env?: readonly string[]
  /** `user[:group]`, names or numbers; '' is root. */
  readonly user?: string
  readonly workingDir?: string
  /** `80/tcp`, … */
  readonly ports?: readonly string[]
  readonly volumes?: readonly string[]
  readonly stopSignal?: string
  readonly labels?: Readonly<Record<string, string>>
}

/** What a build noted: of `crictl inspecti`. */
interface ImageHistory {
  readonly created: string
  readonly createdBy: string
}

/** One version of a repository: what a tag points at. */
export interface ImageVersion {
  readonly config: ImageConfig
  /** Compressed size in bytes: what is downloaded, and what `crictl images` and Pulled events show. */
  readonly size: number
  /** Distribution that the root file system starts from. */
  readonly base: 'busybox' | 'alpine' | 'debian' | 'distroless' | 'scratch'
  /** Files on top of the base. */
  readonly files: Files
  readonly history?: ImageHistory
}

/** A repository of a registry. */
export interface Repository {
  /** Full name without a tag: `docker.io/library/nginx`. */
  readonly name: string
  /** Other full names that hold the same images (mirrors such as public.ecr.aws/docker/library/…). */
  readonly aliases?: readonly string[]
  /** The canonical version for a tag, or undefined when there is no such tag. */
  readonly resolve: (tag: string) => string | undefined
  readonly version: (version: string) => ImageVersion
  /** Needs imagePullSecrets. */
  readonly private?: boolean
}

/** What a pull of a reference gives. */
export interface Image {
  /** `sha256:…` of the configuration: the image ID. */
  readonly id: string
  /** `sha256:…` of the manifest (index): what `name@digest` shows. */
  readonly digest: string
  readonly repository: string
  readonly version: string
  readonly spec: ImageVersion
}
