import { bool, type KeyRow, mapping } from './config-key-row.ts'

const file = (what: RegExp) =>
  [
    ['""', /empty, write the path/],
    ['1', what],
  ] as const

/** Every key of a witness, and of what an application asks of it. */
export const witnessKeys: readonly KeyRow[] = [
  { path: 'clusters.*.witness', good: ['{}', '{ enabled: true }'], bad: mapping },
  { path: 'clusters.*.witness.enabled', good: ['true', 'false'], bad: bool },
  {
    path: 'clusters.*.witness.listen',
    good: ['127.0.0.1:9443'],
    bad: [['9443', /a number, write HOST:PORT/]],
  },
  {
    path: 'clusters.*.witness.url',
    good: ['https://landfall.example.com:9443'],
    bad: [
      ['http://landfall.example.com', /not https, which API servers ask for/],
      ['landfall.example.com', /not a URL/],
    ],
  },
  { path: 'clusters.*.witness.service', good: ['{}', '{ port: 8443 }'], bad: mapping },
  {
    path: 'clusters.*.witness.service.name',
    good: ['witness'],
    bad: [['A', /not the name of a Service, use lower-case/]],
  },
  {
    path: 'clusters.*.witness.service.namespace',
    good: ['landfall-system', 'ops'],
    bad: [['A', /not a namespace/]],
  },
  {
    path: 'clusters.*.witness.service.port',
    good: ['443'],
    bad: [
      ['0', /not a port/],
      ['65536', /not a port/],
      ['https', /not a port/],
    ],
  },
  {
    path: 'clusters.*.witness.tls',
    good: ['{ cert: a.crt, key: a.key, ca: ca.crt }'],
    bad: mapping,
  },
  {
    path: 'clusters.*.witness.tls.cert',
    good: ['./a.crt'],
    bad: file(/a number, write the path of a certificate/),
  },
  {
    path: 'clusters.*.witness.tls.key',
    good: ['./a.key'],
    bad: file(/a number, write the path of a private key/),
  },
  {
    path: 'clusters.*.witness.tls.ca',
    good: ['./ca.crt'],
    bad: file(/a number, write the path of a CA certificate/),
  },
  {
    path: 'applications.*.handEdits',
    good: ['warn', 'deny', 'silent'],
    bad: [['refuse', /write warn or deny or silent/]],
  },
  { path: 'applications.*.handEditExemptions', good: ['{}'], bad: mapping },
  {
    path: 'applications.*.handEditExemptions.users',
    good: ['[]', "['ann@*']"],
    bad: [
      ['ann', /a string, write a list/],
      ["['']", /empty, write the name of a user/],
    ],
  },
  {
    path: 'applications.*.handEditExemptions.groups',
    good: ['[on-call]'],
    bad: [
      ['{}', /a mapping, write a list/],
      ["['']", /empty, write the name of a group/],
    ],
  },
  { path: 'applications.*.handEditExemptions.annotation', good: ['false'], bad: bool },
  {
    path: 'applications.*.touchedPods',
    good: ['report', 'replace'],
    bad: [['evict', /write report or replace/]],
  },
  {
    path: 'applications.*.replaceAfter',
    good: ['15m', '1s'],
    bad: [
      ['15', /a number, write a duration/],
      ['25h', /longer than 24h/],
    ],
  },
]
