const nodeModules = '(^|/)node_modules/'
const error = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to })

/** A folder of src that may import itself, the folders named, npm and Node; nothing else of ours. */
const arrow = (folder, ...allowed) =>
  error(
    `${folder}-imports`,
    `src/${folder} may import ${allowed.map((name) => `src/${name}`).join(', ')} only.`,
    { path: `^src/${folder}/` },
    {
      path: '^(src|workers|web|deploy|tools|test|bench)/',
      pathNot: [folder, ...allowed].map((name) => `^src/${name}/`),
    },
  )

const npmOnlyIn = (name, npm, ...folders) =>
  error(
    `${name}-only-in`,
    `${npm.join(', ')}: only ${folders.join(', ')} may import it.`,
    { path: '^(src|workers|tools)/', pathNot: folders.map((folder) => `^${folder}/`) },
    { path: npm.map((scope) => `${nodeModules}${scope}/`) },
  )

export default {
  forbidden: [
    error('no-cycles', 'Type imports count too.', { pathNot: nodeModules }, { circular: true }),
    error(
      'nothing-unresolved',
      'A module the cruiser cannot see, it cannot judge.',
      {},
      { couldNotResolve: true },
    ),
    error(
      'no-dev-dependencies',
      'What ships imports only what is installed with it.',
      { path: '^(src|workers)/' },
      {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
        dependencyTypesNot: ['type-only'],
      },
    ),
    error(
      'domain-is-pure',
      'Nouns and decisions: no I/O, no npm but zod, of Node only util.',
      { path: '^src/domain/' },
      { pathNot: ['^src/domain/', `${nodeModules}zod/`, '^util$'] },
    ),
    arrow('config', 'domain'),
    arrow('forge', 'domain'),
    arrow('queue', 'domain'),
    arrow('source', 'domain', 'sandbox'),
    arrow('render', 'domain', 'sandbox'),
    arrow('cluster', 'domain'),
    arrow('sandbox', 'domain'),
    arrow('engine', 'domain', 'config', 'forge', 'queue', 'source', 'render', 'cluster'),
    arrow('local', 'domain', 'config', 'sandbox'),
    error(
      'src-never-imports-downstream',
      'The arrows end at workers.',
      { path: '^src/' },
      { path: '^(workers|deploy|bench|test)/' },
    ),
    error(
      'local-is-for-cli',
      'The embedded stack is no part of the product proper.',
      { path: '^(src|workers)/', pathNot: '^src/(local|cli)/' },
      { path: '^src/local/' },
    ),
    error(
      'server-and-cli-are-the-top',
      'Nothing below imports them.',
      { path: '^src/', pathNot: '^src/(server|cli)/' },
      { path: '^src/(server|cli)/' },
    ),
    error(
      'product-never-imports-test',
      'Benchmarks share the stage of the tests, and nobody imports a benchmark.',
      { pathNot: '^(test|bench)/' },
      { path: '^(test|bench)/' },
    ),
    npmOnlyIn('fastify', ['fastify', '@fastify', 'fastify-type-provider-zod'], 'src/server'),
    npmOnlyIn('bullmq', ['bullmq', 'ioredis'], 'src/queue', 'workers'),
    npmOnlyIn('simple-git', ['simple-git', '@simple-git'], 'src/source'),
    npmOnlyIn('kubernetes', ['@kubernetes'], 'src/cluster'),
    npmOnlyIn('undici', ['undici'], 'src/cluster', 'src/source'),
    npmOnlyIn('forges', ['@octokit', 'octokit', '@gitbeaker'], 'src/forge'),
    npmOnlyIn('commander', ['commander'], 'src/cli', 'workers'),
    error(
      'no-file-without-a-noun',
      'Name the file after what it holds.',
      {},
      { path: '/(utils?|helpers?|common|types|index)[.]ts$', pathNot: nodeModules },
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'types', 'default'],
    },
  },
}
