import type { Definition } from '../lib/define.ts'
import { defaultSubcommand } from '../lib/help.ts'
import { pages } from '../pages/config.ts'
import {
  currentContext,
  deleteCluster,
  deleteContext,
  deleteUser,
  getClusters,
  getContexts,
  getUsers,
  renameContext,
  setCluster,
  setContext,
  setCredentials,
  useContext,
} from './modify.ts'
import { setProperty, unsetProperty } from './property.ts'
import { view } from './view.ts'

/** Models kubectl/pkg/cmd/config. */
export const config: Definition = {
  page: pages.config,
  run: defaultSubcommand,
  commands: [
    view,
    setCluster,
    setCredentials,
    setContext,
    setProperty,
    unsetProperty,
    currentContext,
    useContext,
    getContexts,
    getClusters,
    getUsers,
    deleteCluster,
    deleteContext,
    deleteUser,
    renameContext,
  ],
}
