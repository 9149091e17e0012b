export { coredns } from './coredns.ts'
