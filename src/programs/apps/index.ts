import type { Program } from '../../host/index.ts'
import { databasePrograms } from './databases.ts'
import { miscPrograms } from './misc.ts'
import { nginx, nginxEntrypoint } from './nginx/index.ts'
import { stocktaker } from './stocktaker.ts'
import { webPrograms } from './web.ts'

/** What runs in application images. */
export const appPrograms: readonly Program[] = [
  nginx,
  nginxEntrypoint,
  ...webPrograms,
  ...databasePrograms,
  ...miscPrograms,
  stocktaker,
]
