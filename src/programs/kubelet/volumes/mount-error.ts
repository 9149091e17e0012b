/** A persistent volume that fails before its plugin sets it up. Models volumeToMount.GenerateError of operation_generator.go. */
export class MountError extends Error {
  constructor(
    /** What failed: `MountVolume.NodeAffinity check`. */
    readonly step: string,
    /** The volume's plugin, such as `local-volume`. */
    readonly plugin: string,
    /** The persistent volume's name. */
    readonly volume: string,
    why: string,
  ) {
    super(why)
  }
}
