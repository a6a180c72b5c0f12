import { limits } from '../limits.ts'

/** Why a text is not even parsed: these cost seconds to parse and milliseconds to see. */
export function refuseUnread(
  text: string,
): { readonly code: 'RENDER_LIMIT'; readonly message: string } | undefined {
  const reason = excess(text)
  return reason === undefined ? undefined : { code: 'RENDER_LIMIT', message: reason }
}

function excess(text: string): string | undefined {
  if (text.length > limits.documentBytes) {
    return `a document may have ${limits.documentBytes} bytes`
  }
  if (countAnchors(text) > limits.anchors) {
    return `a document may have ${limits.anchors} anchors and aliases`
  }
  if (/^ *(?:[-?] +){100}/m.test(text) || opensBrackets(text)) {
    return `it is nested deeper than ${limits.depth} levels`
  }
  return undefined
}

function countAnchors(text: string): number {
  let anchors = 0
  for (const _ of text.matchAll(/(?:^|[\s,[{])[&*][^\s&*]/g)) anchors += 1
  return anchors
}

// Blind to quotes and block texts, so generous: ten times the depth that is allowed.
function opensBrackets(text: string): boolean {
  let open = 0
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    open += bracket === '[' || bracket === '{' ? 1 : -1
    if (open > 10 * limits.depth) return true
    if (open < 0) open = 0
  }
  return false
}
