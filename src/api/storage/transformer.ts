import { Sealed } from '../../etcd/sealed.ts'
import type { KubeObject } from '../types.ts'
import { StorageError } from './storage.ts'

/** A stored value that this server cannot open. */
export class Unreadable extends StorageError {}

/** How the values of one resource are written to etcd and read again. Models apiserver/pkg/storage/value. */
export interface Transformer {
  /** What is written; `nonce` is unlike for every write. */
  seal(object: KubeObject, nonce: number): object
  /** Throws Unreadable. */
  open(value: object): KubeObject
  /** Whether it would be written otherwise now. */
  stale(value: object): boolean
}

/** By the key in etcd. */
export type Transformers = (key: string) => Transformer

/** No encryption: values are written as they are, and what somebody encrypted is refused. */
export const IN_CLEAR: Transformer = {
  seal: (object) => object,
  open(value) {
    if (value instanceof Sealed) throw new Unreadable('identity transformer tried to read encrypted data')
    return value as KubeObject
  },
  stale: () => false,
}
