import { type Finding, ok, problem, warning } from './finding.ts'

const noticedMs = 5_000
/** GitLab's signed deliveries are refused beyond it, and GitHub refuses an App's sign-in sooner. */
const harmfulMs = 60_000

export function clockFinding(about: string, skewMs: number): Finding {
  const seconds = Math.round(Math.abs(skewMs) / 1000)
  const text = `its clock is ${seconds} s ${skewMs > 0 ? 'ahead of' : 'behind'} this machine's`
  const mend = 'let a time service (chrony, systemd-timesyncd) set the clock of both'
  if (Math.abs(skewMs) >= harmfulMs) return problem(about, text, mend)
  if (Math.abs(skewMs) >= noticedMs) return warning(about, text, mend)
  return ok(about, "its clock agrees with this machine's")
}
