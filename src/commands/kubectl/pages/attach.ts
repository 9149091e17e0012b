import { shared } from './shared.ts'
import type { Page } from './types.ts'

/** Help pages and flags of `kubectl attach` (1.36). */
export const pages = {
  attach: {
    use: 'attach (POD | TYPE/NAME) -c CONTAINER',
    short: 'Attach to a running container',
    long: 'Attach to a process that is already running inside an existing container.',
    example: `  # Get output from running pod mypod; use the 'kubectl.kubernetes.io/default-container' annotation
  # for selecting the container to be attached or the first container in the pod will be chosen
  kubectl attach mypod
  
  # Get output from ruby-container from pod mypod
  kubectl attach mypod -c ruby-container
  
  # Switch to raw terminal mode; sends stdin to 'bash' in ruby-container from pod mypod
  # and sends stdout/stderr from 'bash' back to the client
  kubectl attach mypod -c ruby-container -i -t
  
  # Get output from the first pod of a replica set named nginx
  kubectl attach rs/nginx`,
    disableFlagsInUseLine: true,
    flags: [
      shared.container,
      {
        name: 'detach-keys',
        type: 'string',
        default: 'ctrl-p,ctrl-q',
        usage: 'Override the key sequence for detaching a container',
      },
      shared.podRunningTimeout,
      { name: 'quiet', short: 'q', type: 'bool', usage: 'Only print output from the remote session' },
      { name: 'stdin', short: 'i', type: 'bool', usage: 'Pass stdin to the container' },
      { name: 'tty', short: 't', type: 'bool', usage: 'Stdin is a TTY' },
    ],
  },
} satisfies Record<string, Page>
