import { decode, modelSchema, type ObjectSchema } from '../../../kinds/index.ts'
import { ManifestError } from './errors.ts'

let model: ObjectSchema | undefined

/** metadataOnlyObject of cli-runtime/pkg/resource/metadata_decoder.go. */
function metadataOnly(): ObjectSchema {
  if (model) return model
  const pod = modelSchema('V1Pod')!
  const fields = new Map(['apiVersion', 'kind', 'metadata'].map((name) => [name, pod.fields.get(name)!]))
  model = { ...pod, name: 'metadataOnlyObject', fields }
  return model
}

/** Metadata is decoded by kubectl itself, whatever the kind. Throws ManifestError for what is no metadata. */
export function requireMetadata(object: any, source: string): void {
  const { apiVersion, kind, metadata } = object
  const { error } = decode({ apiVersion, kind, metadata }, metadataOnly())
  if (error) throw new ManifestError(`unable to decode "${source}": ${error}`)
}
