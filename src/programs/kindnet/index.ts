export { kindnetd } from './kindnetd.ts'
