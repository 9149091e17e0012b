export { kubeProxy } from './main.ts'
