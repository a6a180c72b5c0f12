import { isRecord } from './canonical-json.ts'

/** The node with what the path names, `*` being any one step, as the live object has it. */
export function takeLive(node: unknown, live: unknown, path: readonly string[]): unknown {
  const [step, ...rest] = path
  if (step === undefined) return live
  if (Array.isArray(node)) {
    const items = node.map((item, index) => {
      if (step !== '*' && step !== String(index)) return item
      const other = counterpart(live, item, index)
      // A new item is not ignored whole for a field that it alone has.
      return other === undefined && rest.length > 0 ? item : takeLive(item, other, rest)
    })
    return items.filter((item) => item !== undefined)
  }
  if (!isRecord(node)) return node
  const fields = Object.entries(node).map(([key, child]) => [
    key,
    step === '*' || step === key
      ? takeLive(child, isRecord(live) ? live[key] : undefined, rest)
      : child,
  ])
  return Object.fromEntries(fields.filter(([, value]) => value !== undefined))
}

/** Others may have put items of their own before it: the name counts, where it has one. */
export function counterpart(live: unknown, item: unknown, index: number): unknown {
  if (!Array.isArray(live)) return undefined
  const name = isRecord(item) ? item['name'] : undefined
  if (name === undefined) return live[index]
  return live.find((other) => isRecord(other) && other['name'] === name)
}
