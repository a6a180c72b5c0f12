/** How far the kernel shuts in a program that works on what strangers wrote. */
export type Isolation =
  /** Its limits at most. */
  | { readonly kind: 'none'; readonly prlimit: string | undefined }
  /** No network, and no process but its own. */
  | ({ readonly kind: 'network' } & Namespaces)
  /** Also no file but itself, the system's libraries and the folder it works on. */
  | ({ readonly kind: 'full'; readonly mount: string } & Namespaces)

interface Namespaces {
  readonly prlimit: string
  readonly unshare: string
  /** Before Linux 5.14 the limit counts all processes of the user, wherever they are. */
  readonly countsProcesses: boolean
}

/** What is in force, and what is not, in a sentence for the log. */
export function describeIsolation(isolation: Isolation): string {
  switch (isolation.kind) {
    case 'full':
      return 'kustomize and helm run without a network and see only the checkout'
    case 'network':
      return 'kustomize and helm run without a network, but may read what Landfall may read'
    case 'none':
      return isolation.prlimit === undefined
        ? 'kustomize and helm run without isolation and limits: the scan of their input stands alone'
        : 'kustomize and helm run within limits, but not isolated: the scan of their input stands alone'
  }
}
