import { isRefusedHost, refusedHostReason } from '../refused-host.ts'
import { fault, text } from './text.ts'

/** An http or https base URL, without its trailing slashes. */
export function WebUrl(example: string) {
  const hint = `write a URL such as ${example}`
  return text(`a URL such as ${example}`)
    .check(fault((value) => webUrlFault(value, hint)))
    .transform((value) => new URL(value).href.replace(/\/+$/, ''))
}

function webUrlFault(value: string, hint: string): string | undefined {
  if (!/^https?:\/\/[^/\s\\]/.test(value) || !URL.canParse(value)) return `not a URL, ${hint}`
  const url = new URL(value)
  if (url.username !== '' || url.password !== '') return 'carries a credential, take it out'
  if (url.search !== '' || url.hash !== '') return 'has a query or a fragment, leave it out'
  return isRefusedHost(url.hostname) ? refusedHostReason : undefined
}
