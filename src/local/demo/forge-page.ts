export interface PostedStatus {
  readonly state: string
  readonly context: string
  readonly description: string
  readonly target_url?: string
  readonly at?: string
}

/** The commits of the demo repository with their statuses, as a forge shows them. */
export function forgePage(
  commits: readonly { sha: string; subject: string }[],
  posted: ReadonlyMap<string, readonly PostedStatus[]>,
): string {
  const rows = commits.map(({ sha, subject }) => {
    const status = posted.get(sha)?.at(-1)
    return `<tr><td><code>${sha.slice(0, 7)}</code></td><td>${escape(subject)}</td>${statusCell(status)}</tr>`
  })
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="1">
<title>acme/deploy</title><style>${style}</style></head><body><h1>acme/deploy</h1>
<p>Branch <code>main</code>, newest commit first. Each status was posted by Landfall.</p>
<table>${rows.join('\n')}</table></body></html>`
}

function statusCell(status: PostedStatus | undefined): string {
  if (status === undefined) return '<td>–</td><td></td>'
  const mark = `<td class="${escape(status.state)}">${escape(status.state)}</td>`
  const text = escape(`${status.context}: ${status.description}`)
  const isLink = status.target_url !== undefined && /^https?:\/\//.test(status.target_url)
  return isLink
    ? `${mark}<td><a href="${escape(status.target_url ?? '')}">${text}</a></td>`
    : `${mark}<td>${text}</td>`
}

const style = `body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;color:#1b1f24}
table{border-collapse:collapse;width:100%}td{padding:.5rem;border-top:1px solid #d0d7de;vertical-align:top}
.success{color:#116329}.failure,.error{color:#a40e26}.pending{color:#7d4e00}`

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
