// The rules about imports, checked by `npm run boundaries`. deploy/tests/house-rules.test.ts checks
// what imports alone cannot show.

const test =
  '\\.test\\.ts$|/tests/|/fixtures/|/vitest\\.config\\.ts$|^libs/testkit/|^deploy/(faults|screenshots)/';
/** Where programs, packages and tests begin. */
const start =
  '(/src/(main|index|service|api-key|erase-user|rotate-keys)|/src/cli/main|^deploy/(dead-letters|embedded|faults|screenshots|simulate|stack|bench(/(hub|floor|simple|load))?)/main|\\.test)\\.ts$|^services/web/(src/main\\.tsx|server/(main|service)\\.ts)$|/vite(st)?\\.config\\.ts$|\\.browser\\.ts$';
const service = '^services/([^/]+)/';
/** A layer of a service: `layer('api|calls')`. */
const layer = (names) => `^services/[^/]+/src/(${names})/`;
const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

/** The folders of the gateway, from the lowest layer up. Each imports only those before it. */
const gatewayFolders = [
  'dialects',
  'connections',
  'subscriptions',
  'delivery',
  'membership',
  'presence',
  'protocol',
  'transports',
];
const gatewayEdges = ['consumers', 'calls'];
const gatewayLayers = gatewayFolders.map((folder, index) =>
  forbid(
    `gateway-${folder}-imports-lower-folders`,
    'The folders of the gateway are layers; services/gateway/README.md lists them.',
    { path: `^services/gateway/src/${folder}/`, pathNot: test },
    {
      path: `^services/gateway/src/(${[...gatewayFolders.slice(index + 1), ...gatewayEdges].join('|')})/`,
    },
  ),
);

module.exports = {
  forbidden: [
    ...gatewayLayers,
    forbid(
      'services-know-no-other-service',
      'They speak by events and calls over the bus.',
      { path: service },
      { path: '^services/', pathNot: '^services/$1/' },
    ),
    forbid(
      'web-uses-the-public-kit-alone',
      'The web client has no route and no type that other clients lack.',
      { path: '^services/web/src/', pathNot: test },
      { path: '^(libs|deploy|services/web/server)/', pathNot: '^libs/(client|react)/' },
    ),
    forbid(
      'web-serves-built-files',
      'The server of the web client reads the build, not the sources.',
      { path: '^services/web/server/' },
      { path: '^services/web/src/' },
    ),
    forbid(
      'libs-know-no-service',
      'Libraries are below services.',
      { path: '^libs/' },
      { path: '^(services|deploy)/' },
    ),
    forbid(
      'sequence-is-pure',
      'It has no I/O and also runs in browsers.',
      { path: '^libs/sequence/', pathNot: test },
      { pathNot: '^libs/sequence/' },
    ),
    forbid('nobody-knows-deploy', 'It is the outermost layer.', { path: '^services/' }, { path: '^deploy/' }),

    forbid(
      'domain-is-pure',
      'Types and rules without I/O: the contracts, the errors, and itself.',
      { path: layer('domain'), pathNot: test },
      { pathNot: [layer('domain'), '^libs/(contracts|errors|runtime)/'] },
    ),
    forbid(
      'domain-names-runtime-types',
      'Settings, clock and logger are types to it; it is handed them.',
      { path: layer('domain'), pathNot: test },
      { path: '^libs/runtime/', dependencyTypesNot: ['type-only'] },
    ),
    forbid(
      'stores-see-domain-alone',
      'SQL in, SQL out.',
      { path: layer('stores'), pathNot: test },
      { path: '^services/', pathNot: layer('stores|domain') },
    ),
    forbid(
      'usecases-know-no-edge',
      'What calls them is not theirs to know.',
      { path: layer('usecases'), pathNot: test },
      { path: layer('api|calls|consumers|contracts') },
    ),
    forbid(
      'api-goes-through-usecases',
      'Endpoints are thin.',
      { path: layer('api|contracts'), pathNot: test },
      { path: layer('stores|consumers|calls') },
    ),
    forbid(
      'consumers-know-no-api',
      'They are edges side by side.',
      { path: layer('consumers|calls'), pathNot: test },
      { path: layer('api|contracts') },
    ),
    forbid(
      'only-roots-compose',
      'service.ts wires the layers; nothing inside may reach back to it.',
      { path: '^services/', pathNot: [test, '/src/(main|api-key|erase-user|rotate-keys)\\.ts$'] },
      { path: '^services/[^/]+/src/(main|service)\\.ts$' },
    ),

    forbid(
      'database-in-its-layers',
      'Only stores, migrations and the composition root work with the database.',
      {
        path: '^services/',
        pathNot: [
          test,
          layer('stores|usecases|calls|consumers'),
          '^services/[^/]+/migrations/',
          '/src/(service|main|create-context|run-command|erase-user|rotate-keys)\\.ts$',
        ],
      },
      { path: '^libs/database/' },
    ),
    forbid(
      'only-stores-query',
      'Others pass on the database, a transaction or the outbox and need only their types.',
      { path: layer('usecases|calls|consumers'), pathNot: test },
      { path: '^libs/database/', dependencyTypesNot: ['type-only'] },
    ),
    forbid(
      'knex-in-libs-database',
      'One place knows the query builder.',
      { pathNot: '^libs/(database|testkit)/' },
      { path: 'node_modules/knex/' },
    ),
    forbid(
      'pg-in-libs',
      'One place knows the driver.',
      { pathNot: '^libs/(database|servers|testkit)/' },
      { path: 'node_modules/(@types/)?pg/' },
    ),
    forbid(
      'amqplib-in-libs-bus',
      'One place knows the broker. The floor of the benchmark shares no code with it.',
      { pathNot: ['^libs/bus/', '^deploy/bench/floor/', test] },
      { path: 'node_modules/(@types/)?amqplib/' },
    ),

    forbid(
      'tests-stay-outside',
      'What runs in production needs no test kit.',
      { pathNot: test },
      { path: '^libs/testkit/|node_modules/vitest/' },
    ),
    forbid(
      'no-circles',
      'Two files that need each other are one, also if one needs only types of the other.',
      {},
      { circular: true },
    ),
    forbid(
      'no-orphans',
      'Nobody imports it: delete it.',
      {
        orphan: true,
        path: '/src/',
        pathNot: [test, '/src/(main|erase-user|rotate-keys)\\.tsx?$|\\.browser\\.ts$'],
      },
      {},
    ),
    forbid(
      'no-dead-files',
      'No program, package or test leads to it: delete it.',
      { path: start },
      {
        path: '^(libs|services|deploy)/.+\\.tsx?$',
        pathNot: [start, '^libs/testkit/src/runner/', '/fixtures/', '\\.d\\.ts$'],
        reachable: false,
      },
    ),
    forbid('only-what-exists', 'It cannot be found.', {}, { couldNotResolve: true }),
    forbid(
      'only-what-is-declared',
      "It is not in the package's own package.json.",
      { path: '^(libs|services|deploy)/', pathNot: '^deploy/scripts/' },
      { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    ),
    forbid(
      'production-uses-no-dev-dependency',
      'It would be missing in production.',
      { path: '^(libs|services|deploy)/', pathNot: test },
      { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    tsConfig: { fileName: 'tsconfig.base.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.json'],
    },
  },
};
