// Preloaded into a process of the fault rig: its clock is off by what a file says, in milliseconds,
// since the last SIGUSR2. All of JavaScript sees that clock; timers go on evenly, as they do where
// the clock of a machine is set.
import { readFileSync, writeFileSync } from 'node:fs'

const file = process.env['RIG_CLOCK'] ?? ''
const systemNow = Date.now
const now = () => systemNow() + offset
let offset = 0

process.on('SIGUSR2', () => {
  const text = readFileSync(file, 'utf8')
  offset = Number(text)
  writeFileSync(`${file}.seen`, text)
})

Date.now = now
globalThis.Date = new Proxy(Date, {
  construct: (date, args, target) =>
    Reflect.construct(date, args.length === 0 ? [now()] : args, target) as object,
})
