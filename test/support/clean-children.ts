// Preloaded into every test file that tap runs, after tap's own preloads. To measure coverage tap adds
// NODE_OPTIONS and variables of its own to the environment of every child process, even of one started
// with an empty environment: git, kustomize and Landfall would not see what they see in production. It
// does so by listeners of the package process-on-spawn, kept under this symbol.
const hook: unknown = Reflect.get(globalThis, Symbol.for('process-on-spawn@*:singletonId'))
Object.assign(hook as { listeners: unknown[] }, { listeners: [] })
delete process.env['NODE_OPTIONS']
