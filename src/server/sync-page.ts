import type { Change } from '../domain/change.ts'
import type { Drift } from '../domain/drift.ts'
import type { ErrorSubject } from '../domain/error.ts'
import { describeRef } from '../domain/kube-object.ts'
import { shortSha } from '../domain/revision.ts'
import type { SyncFailure, SyncRecord } from '../domain/sync.ts'
import { type Html, html } from './html.ts'
import { syncPageStyle } from './sync-page-style.ts'

/** One sync for people: no script, no link, nothing from the record but text. */
export function syncPage(record: SyncRecord): string {
  const running = record.phase === 'Running'
  const title = `${record.application}: ${record.phase}`
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
${running ? html`<meta http-equiv="refresh" content="2">` : ''}
<title>${title}</title>
<style>${{ markup: syncPageStyle }}</style>
</head>
<body>
<main>
<header>
<p class="eyebrow">Landfall sync</p>
<h1>${record.application} <span class="phase ${record.phase.toLowerCase()}">${record.phase}</span></h1>
<p class="message">${record.message}</p>
</header>
${facts(record)}
${record.failure === undefined ? '' : failureSection(record.failure)}
${record.warnings.length === 0 ? '' : warningSection(record.warnings)}
${record.drift.length === 0 ? '' : driftSection(record.drift)}
${record.changes.length === 0 ? '' : changeSection(record.changes)}
</main>
</body>
</html>
`
  return page.markup
}

function facts(record: SyncRecord): Html {
  const rows: [string, Html][] = [
    ['Revision', revision(record)],
    ['Author', html`${record.author ?? 'unknown'}`],
    ['Trigger', html`${record.trigger}`],
    ['Health', html`${record.health}`],
    ['Started', time(record.startedAt)],
    ['Took', html`${duration(record)}`],
  ]
  return html`<dl class="facts">
${rows.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}
</dl>`
}

function revision({ revision, subject }: SyncRecord): Html {
  if (revision === undefined) return html`not resolved`
  return html`<code title="${revision}">${shortSha(revision)}</code> ${subject ?? ''}`
}

function time(iso: string): Html {
  return html`<time datetime="${iso}">${iso.replace('T', ' ').replace(/\.\d+Z$/, ' UTC')}</time>`
}

function duration({ startedAt, finishedAt, stages }: SyncRecord): string {
  if (finishedAt === undefined) return 'still running'
  const total = Date.parse(finishedAt) - Date.parse(startedAt)
  const parts = Object.entries(stages).map(([stage, ms]) => `${stage} ${seconds(ms)}`)
  return parts.length === 0 ? seconds(total) : `${seconds(total)} (${parts.join(', ')})`
}

function seconds(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`
}

function failureSection({ code, stage, text, subjects }: SyncFailure): Html {
  return html`<section class="failure">
<h2>Failed at ${stage}</h2>
<p>${text} <code>${code}</code></p>
${subjects.length === 0 ? '' : html`<ul>${subjects.map(subjectItem)}</ul>`}
</section>`
}

function subjectItem({ object, file, line, message }: ErrorSubject): Html {
  const where = file === undefined ? '' : line === undefined ? file : `${file}:${line}`
  return html`<li>${object === undefined ? '' : html`<b>${object}</b> `}${
    where === '' ? '' : html`<code>${where}</code> `
  }${message}</li>`
}

function warningSection(warnings: readonly string[]): Html {
  return html`<section>
<h2>Warnings</h2>
<ul>${warnings.map((warning) => html`<li>${warning}</li>`)}</ul>
</section>`
}

function driftSection(drifts: readonly Drift[]): Html {
  return html`<section>
<h2>Drift</h2>
<ul>${drifts.map(driftItem)}</ul>
</section>`
}

function driftItem({ ref, type, fields, offender, message, healed }: Drift): Html {
  const by =
    offender === null ? '' : ` by ${offender.manager}${offender.time ? ` at ${offender.time}` : ''}`
  return html`<li><b>${describeRef(ref)}</b> ${type}${by}, ${healed ? 'healed' : 'not healed'}: ${message}${
    fields.length === 0 ? '' : html`<ul>${fields.map(fieldItem)}</ul>`
  }</li>`
}

function fieldItem({ path, desired, live }: Drift['fields'][number]): Html {
  return html`<li><code>${path}</code> was ${value(live)}, Git says ${value(desired)}</li>`
}

function value(value: unknown): Html {
  return value === undefined ? html`nothing` : html`<code>${JSON.stringify(value)}</code>`
}

function changeSection(changes: readonly Change[]): Html {
  return html`<section>
<h2>Changes</h2>
<table>
<thead><tr><th>Action</th><th>Object</th><th>Declared in</th><th>Message</th></tr></thead>
<tbody>${changes.map(changeRow)}</tbody>
</table>
</section>`
}

function changeRow({ ref, action, message, origin }: Change): Html {
  const where = origin === undefined ? '' : `${origin.file}:${origin.line}`
  return html`<tr><td class="${action}">${action}</td><td>${describeRef(ref)}</td><td>${
    where === '' ? '' : html`<code>${where}</code>`
  }</td><td>${message}</td></tr>`
}
