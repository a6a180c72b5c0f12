import { z } from 'zod'
import { ownNamespace } from '../../domain/own-namespace.ts'
import { text } from './text.ts'

const label = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/
const labelRule = 'use lower-case letters, digits and, inside, "-"'
const maxEntryName = 40

/** A key of forges, clusters, applications: part of routes, object names and label values. */
export const EntryName = text('a name')
  .max(maxEntryName, `longer than ${maxEntryName} characters, shorten it`)
  .regex(label, `not a name, ${labelRule}`)

/** For editors only: a record that checked its keys would not look into the entry of a bad one. */
export const EntryKey = z.string().meta({ pattern: label.source, maxLength: maxEntryName })

/** `what`, as in `the name of a Service`. */
export const DnsLabel = (what: string) =>
  text(what)
    .max(63, 'longer than 63 characters, which Kubernetes refuses')
    .regex(label, `not ${what}, ${labelRule}`)

export const Namespace = DnsLabel('a namespace').refine((name) => name !== ownNamespace, {
  error: "Landfall's own and closed to every application, name another",
})
