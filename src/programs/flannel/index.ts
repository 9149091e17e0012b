export { flanneld } from './flanneld.ts'
