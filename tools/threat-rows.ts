export interface ThreatRow {
  readonly id: string
  readonly threat: string
  /** Why no test shows it yet. */
  readonly pending?: string
}

export interface ThreatGroup {
  readonly title: string
  readonly rows: readonly ThreatRow[]
}

const faults = 'no test of this fault yet'

/** Every attack and every fault that Landfall has to withstand; the titles of tests begin with their ids. */
export const threatGroups: readonly ThreatGroup[] = [
  {
    title: 'The webhook endpoint and the API',
    rows: [
      { id: 'A1', threat: 'a huge body, read before it is authenticated' },
      { id: 'A2', threat: 'a malformed payload' },
      { id: 'A3', threat: 'deep JSON that blocks the event loop' },
      { id: 'A4', threat: 'a secret or a signature that is missing, empty or weak' },
      { id: 'A5', threat: 'the time a comparison of secrets takes' },
      { id: 'A6', threat: 'a delivery that chooses the commit' },
      { id: 'A7', threat: 'a delivery that is sent again' },
      { id: 'A8', threat: 'a delivery of one forge to the route of another' },
      { id: 'A9', threat: 'the secret of one repository used for another' },
      { id: 'A10', threat: 'a name of a payload or a repository taken for a pattern' },
      { id: 'A11', threat: 'a pattern of the configuration that takes minutes to match' },
      { id: 'A12', threat: 'a content type that slips past the checks' },
      { id: 'A13', threat: 'JSON that reaches a prototype' },
      { id: 'A14', threat: 'senders that are slow on purpose' },
      { id: 'A15', threat: 'script or control characters of a repository on a page or terminal' },
      { id: 'A16', threat: 'tokens of the API that may too much, and answers that tell secrets' },
    ],
  },
  {
    title: 'Refs, forks and the order of things',
    rows: [
      { id: 'B1', threat: 'a tag named like the branch' },
      { id: 'B2', threat: 'a commit of a fork, reachable by its id' },
      { id: 'B3', threat: 'a pull request of a fork' },
      { id: 'B4', threat: 'a deleted branch' },
      { id: 'B5', threat: 'rewritten history' },
      { id: 'B6', threat: 'pushes out of order, or during a sync' },
      { id: 'B7', threat: 'a webhook that is faster than the Git host' },
      { id: 'B8', threat: 'a webhook that never comes' },
    ],
  },
  {
    title: 'The Git client',
    rows: [
      { id: 'C1', threat: 'a URL that makes git run a program' },
      { id: 'C2', threat: 'a branch, commit or path that is read as an option' },
      { id: 'C3', threat: 'submodules, hooks and filters that run on a fetch or checkout' },
      { id: 'C4', threat: 'symbolic links out of the tree' },
      { id: 'C5', threat: 'names that lead out of the data folder' },
      { id: 'C6', threat: 'a token sent to another host' },
      { id: 'C7', threat: 'a host that is a metadata service or changes its address' },
      { id: 'C8', threat: 'repositories that never end, in time or in size' },
      { id: 'C9', threat: 'another ssh server in the place of the right one' },
    ],
  },
  {
    title: 'Rendering',
    rows: [
      { id: 'D1', threat: 'a kustomization that leads out of the repository, or to itself' },
      { id: 'D2', threat: 'bases and dependencies on another host' },
      { id: 'D3', threat: 'plugins, functions and charts that run a program' },
      { id: 'D4', threat: 'value files and charts that reach outside' },
      { id: 'D5', threat: 'charts that take all memory, time or disk' },
      { id: 'D6', threat: 'rendering with rights in the cluster' },
      { id: 'D7', threat: 'too many or too large objects' },
      { id: 'D8', threat: 'bombs of YAML aliases' },
      { id: 'D9', threat: 'YAML that reaches a prototype' },
      {
        id: 'D10',
        threat: 'other expression languages',
      },
    ],
  },
  {
    title: 'The cluster',
    rows: [
      { id: 'E1', threat: 'objects outside of what the application may touch' },
      { id: 'E2', threat: 'an application with the rights of Landfall' },
      { id: 'E3', threat: 'a kubeconfig of a repository that runs a program' },
      { id: 'E4', threat: 'references to the secrets of another namespace' },
      { id: 'E5', threat: 'values of Secrets in diffs, errors and stores' },
      { id: 'E6', threat: 'the Git token in logs, errors and process lists' },
      { id: 'E7', threat: 'one bad application that stops the others' },
      { id: 'E8', threat: 'pruning that deletes too much' },
      {
        id: 'E9',
        threat:
          'a file encrypted in Git: applied as it is, taken though changed, in clear on a disk',
      },
    ],
  },
  {
    title: 'The process and what it is made of',
    rows: [
      { id: 'F1', threat: 'jobs written to Redis by somebody else' },
      { id: 'F2', threat: 'holes in dependencies, and their install scripts' },
      { id: 'F3', threat: 'a stolen token to publish with' },
      { id: 'F4', threat: 'a container that may too much' },
    ],
  },
  {
    title: 'Faults',
    rows: [
      { id: 'R1', threat: 'a worker killed in the middle of an apply' },
      { id: 'R2', threat: 'a worker stopped while another goes on' },
      { id: 'R3', threat: 'a job that kills its worker again and again' },
      { id: 'R4', threat: 'an event loop that is blocked' },
      { id: 'R5', threat: 'Redis away when a delivery comes' },
      { id: 'R6', threat: 'Redis away in the middle of an apply' },
      { id: 'R7', threat: 'Redis killed right after it took a job' },
      { id: 'R8', threat: 'Redis emptied' },
      { id: 'R9', threat: 'a failover of Redis' },
      { id: 'R10', threat: 'Redis full' },
      { id: 'R11', threat: 'a Redis that evicts keys' },
      { id: 'R12', threat: 'an API server that is busy or fails' },
      { id: 'R13', threat: 'an API server that applies but does not answer' },
      { id: 'R14', threat: 'conflicts and refusals of single objects' },
      { id: 'R15', threat: 'credentials that expire or lose rights' },
      { id: 'R16', threat: 'a watch that ends' },
      { id: 'R17', threat: 'two instances that both sweep' },
      { id: 'R18', threat: 'a Git host that is down, slow or cuts off' },
      { id: 'R19', threat: 'a Git host that serves an old tip' },
      { id: 'R20', threat: 'a full disk, a damaged mirror, a lock left behind' },
      { id: 'R21', threat: 'a forge that is away or limits requests' },
      { id: 'R22', threat: 'a storm of pushes', pending: faults },
      { id: 'R23', threat: 'deliveries doubled and in another order' },
      { id: 'R24', threat: 'a stop in each phase of a sync' },
      { id: 'R25', threat: 'clocks that jump or differ' },
      { id: 'R26', threat: 'an old and a new version side by side' },
      { id: 'R27', threat: 'days of random faults', pending: faults },
      { id: 'R28', threat: 'latency on every link', pending: faults },
    ],
  },
]
