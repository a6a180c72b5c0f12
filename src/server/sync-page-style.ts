import { createHash } from 'node:crypto'

export const syncPageStyle = `
:root { color-scheme: light dark; --muted: light-dark(#57606a, #9aa4af); --line: light-dark(#d8dee4, #31363d);
  --good: light-dark(#1a7f37, #3fb950); --bad: light-dark(#cf222e, #ff7b72); --busy: light-dark(#9a6700, #d8a730); }
body { margin: 0; font: 15px/1.5 system-ui, sans-serif; background: light-dark(#fff, #0f1318); color: light-dark(#1f2328, #e6eaef); }
main { max-width: 60rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
.eyebrow { margin: 0; color: var(--muted); }
h1 { margin: .1rem 0 .4rem; font-size: 1.6rem; }
h2 { margin: 2rem 0 .5rem; font-size: 1.05rem; }
.message { margin: 0; font-size: 1.05rem; }
.phase { margin-left: .4rem; padding: .1rem .6rem; border: 1px solid; border-radius: 1rem; font-size: .85rem; font-weight: 600; vertical-align: middle; }
.running { color: var(--busy); } .succeeded { color: var(--good); } .failed { color: var(--bad); } .superseded { color: var(--muted); }
.created, .configured { color: var(--good); } .deleted { color: var(--busy); }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)); gap: .8rem 2rem; margin: 1.5rem 0; }
dt { color: var(--muted); font-size: .85rem; } dd { margin: 0; overflow-wrap: anywhere; }
.failure { padding: .1rem 1rem 1rem; border: 1px solid var(--line); border-left: 4px solid var(--bad); border-radius: 6px; }
.failure h2 { margin-top: .8rem; }
ul { margin: .3rem 0; padding-left: 1.2rem; } li { overflow-wrap: anywhere; }
code { font: .9em ui-monospace, monospace; }
table { width: 100%; border-collapse: collapse; }
th, td { padding: .35rem .8rem .35rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; overflow-wrap: anywhere; }
th { color: var(--muted); font-weight: 500; font-size: .85rem; }
`

/** Allows this page's one style sheet and nothing else: no script, no image, no form, no frame. */
export const syncPagePolicy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(syncPageStyle).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')
