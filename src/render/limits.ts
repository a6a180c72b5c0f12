/** What one application may render to; a repository's content is anybody's. */
export const limits = {
  objects: 5000,
  bytes: 10 * 1024 * 1024,
  /** etcd takes 1.5 MiB; what the server adds has to fit too. */
  objectBytes: 1024 * 1024,
  /** Of one YAML document as text: indentation costs, and so does the time to parse it. */
  documentBytes: 3 * 1024 * 1024,
  depth: 100,
  anchors: 10_000,
} as const
