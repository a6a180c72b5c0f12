/** Every Redis key of one Landfall; a prefix of its own lets several share a Redis. */
export interface Keys {
  /** Prefix of BullMQ's own keys. */
  readonly queues: string
  /** Channel that tells of urgent wants. */
  readonly wanted: string
  readonly statuses: string
  /** Commits whose forge was told `pending` and nothing after, by application. */
  readonly pending: string
  /** Key of the hashes that stand for Secret values. */
  readonly hashKey: string
  /** Configured repositories by the forges' own ids. */
  readonly repositories: string
  /** When deliveries of each forge, and with each of its secrets, were verified last. */
  readonly deliveries: string
  /** By cluster: applications that have an inventory there, and are not configured. */
  readonly strangers: string
  application(name: string): string
  /** What is known of the applications of that cluster while it is watched. */
  watched(cluster: string): string
  delivery(forge: string, id: string): string
  sync(id: string): string
  syncs(application: string): string
  report(id: string): string
  /** There while nothing may be asked with that credential of a forge. */
  notBefore(credential: string): string
  /** What a witness recorded, by the API server's id of the request. */
  witness(id: string): string
  /** Ids of what undid Git, of what of that has not ended, of what was refused, and of the rest. */
  witnessed(application: string, what: 'drift' | 'open' | 'refused' | 'other'): string
  /** There for a moment after a shell was told: clients ask twice for one. */
  shell(id: string): string
  /** What Git declares of that application. */
  declared(application: string): string
  /** Users as whom Landfall's own processes write to that cluster. */
  users(cluster: string): string
  /** Pods in which somebody opened a shell. */
  readonly touched: string
}

export function createKeys(prefix = 'landfall'): Keys {
  return {
    queues: `${prefix}:queue`,
    wanted: `${prefix}:wanted`,
    statuses: `${prefix}:statuses`,
    pending: `${prefix}:pending`,
    hashKey: `${prefix}:hash-key`,
    repositories: `${prefix}:repositories`,
    deliveries: `${prefix}:deliveries`,
    strangers: `${prefix}:strangers`,
    application: (name) => `${prefix}:application:${name}`,
    watched: (cluster) => `${prefix}:watched:${cluster}`,
    delivery: (forge, id) => `${prefix}:delivery:${forge}:${id}`,
    sync: (id) => `${prefix}:sync:${id}`,
    syncs: (application) => `${prefix}:syncs:${application}`,
    report: (id) => `${prefix}:report:${id}`,
    notBefore: (credential) => `${prefix}:not-before:${credential}`,
    witness: (id) => `${prefix}:witness:${id}`,
    witnessed: (application, what) => `${prefix}:witnessed:${application}:${what}`,
    shell: (id) => `${prefix}:shell:${id}`,
    declared: (application) => `${prefix}:declared:${application}`,
    users: (cluster) => `${prefix}:users:${cluster}`,
    touched: `${prefix}:touched`,
  }
}
