/** The import rules of the house: which room may see which, and where a library may be seen. */
import type { IForbiddenRuleType } from 'dependency-cruiser';

const anyOf = (names: readonly string[]) => `(${names.join('|')})`;

/** Room → the other rooms that it may import, besides `base`. The command line, src/cli, may import them all. */
export const rooms: Readonly<Record<string, readonly string[]>> = {
  base: [],
  regex: [],
  cel: ['regex'],
  resources: [],
  matching: ['regex', 'policy'],
  policy: [],
  telemetry: [],
  process: ['telemetry'],
  sidecar: [],
  gateways: ['sidecar'],
  kubernetes: [],
  keys: ['policy'],
  sources: ['keys', 'matching', 'cel', 'regex', 'policy'],
  issuers: ['keys', 'policy', 'process'],
  compiler: ['resources', 'matching', 'cel', 'regex', 'keys', 'policy', 'sources'],
  decision: ['policy', 'sources', 'matching', 'cel', 'regex'],
  explain: ['decision', 'sources', 'matching', 'policy', 'process'],
  report: ['policy'],
  console: ['report', 'policy'],
  injection: ['sidecar', 'resources'],
  cluster: ['compiler', 'injection', 'matching', 'resources'],
  targets: ['cluster', 'injection', 'matching', 'resources'],
  asking: ['cluster', 'targets', 'gateways', 'sidecar', 'resources'],
  planning: ['cluster', 'targets', 'compiler', 'keys', 'matching', 'policy', 'resources'],
  status: ['cluster', 'targets', 'asking', 'planning', 'injection', 'issuers', 'policy', 'resources'],
  coverage: ['cluster', 'targets', 'asking', 'planning', 'status', 'injection', 'resources'],
  validator: [
    ...['decision', 'explain', 'report', 'console', 'sources', 'policy', 'sidecar', 'telemetry', 'process'],
  ],
  operator: [
    ...['resources', 'matching', 'policy', 'telemetry', 'sidecar', 'kubernetes', 'keys', 'sources'],
    ...[
      'issuers',
      'compiler',
      'decision',
      'injection',
      'process',
      'cluster',
      'targets',
      'planning',
      'status',
    ],
  ],
};

/** What the validator's folder feed may import besides: it is an operator in small. */
const folderFeedRooms = [...(rooms.validator ?? []), 'validator', 'resources', 'compiler', 'issuers', 'keys'];

/** The control plane has compiled the policy and fetched the keys. */
const controlPlaneFeedRooms = ['validator', 'policy', 'sources', 'telemetry', 'process'];

/** Rooms whose code is a function of its arguments: no network, no disk, no clock of their own. */
const pure = [
  ...[
    'base',
    'report',
    'regex',
    'cel',
    'matching',
    'keys',
    'sources',
    'policy',
    'compiler',
    'decision',
    'sidecar',
    'gateways',
    'injection',
  ],
  ...['resources', 'cluster', 'targets', 'asking', 'planning', 'status', 'coverage'],
];
const harmlessModules = ['assert', 'buffer', 'crypto', 'path', 'url', 'util'];

/** What every room may import. */
const vocabulary = '^src/base/';
/** The validator's parts that are loaded only when they are used. */
const folderFeed = '^src/validator/folder(\\.ts$|/|-)';
const controlPlaneFeed = '^src/validator/control-plane/';
const grpc = '^src/validator/grpc(\\.ts$|/|-)';
/** What runs in a browser. */
const browser = '^src/console/browser/';
const test = '\\.test\\.ts$|^src/[^/]+/testing/';

const inRooms = (names: readonly string[]) => `^src/${anyOf(names)}/`;
const libraries = (...names: readonly string[]) => `(^|node_modules/)(@types/)?${anyOf(names)}(/|$)`;

const roomRules: readonly IForbiddenRuleType[] = Object.entries(rooms).map(([room, allowed]) => ({
  name: `room-${room}`,
  comment: `src/${room} may import ${['base', ...allowed].filter((one) => one !== room).join(', ') || 'no other room'}.`,
  from: { path: inRooms([room]), pathNot: room === 'validator' ? [test, folderFeed] : [test] },
  to: { path: '^src/', pathNot: [inRooms([room, ...allowed]), vocabulary] },
}));

const otherRules: readonly IForbiddenRuleType[] = [
  {
    name: 'room-validator-folder-feed',
    comment: 'The folder feed compiles manifests and fetches keys; it needs nothing else.',
    from: { path: folderFeed, pathNot: test },
    to: { path: '^src/', pathNot: [inRooms(folderFeedRooms), vocabulary] },
  },
  {
    name: 'room-validator-control-plane-feed',
    comment: 'The feed that follows the control plane reads its policy; it needs nothing else.',
    from: { path: controlPlaneFeed, pathNot: test },
    to: { path: '^src/', pathNot: [inRooms(controlPlaneFeedRooms), vocabulary] },
  },
  {
    name: 'room-unknown',
    comment: 'A new room needs a line in tools/house-rules.ts.',
    from: { path: '^src/', pathNot: [inRooms([...Object.keys(rooms), 'cli']), test] },
    to: {},
  },
  {
    name: 'nothing-imports-cli',
    comment: 'The command line calls the rooms, never the other way round.',
    from: { pathNot: '^src/cli/' },
    to: { path: '^src/cli/' },
  },
  {
    name: 'product-stands-alone',
    comment: 'The product imports neither tests nor the tools around it.',
    from: { path: '^src/', pathNot: test },
    to: { path: ['^(test|dev|tools|examples)/', test] },
  },
  {
    name: 'folder-feed-is-lazy',
    comment:
      'Only import() may load the folder feed: a validator fed by the control plane never pays for it.',
    from: { path: '^src/', pathNot: [folderFeed, test] },
    to: { path: folderFeed, dynamic: false, dependencyTypesNot: ['type-only'] },
  },
  {
    name: 'control-plane-feed-is-lazy',
    comment: 'Only import() may load the control-plane feed, and only when there is a control plane.',
    from: { path: '^src/', pathNot: [controlPlaneFeed, test] },
    to: { path: controlPlaneFeed, dynamic: false, dependencyTypesNot: ['type-only'] },
  },
  {
    name: 'grpc-is-lazy',
    comment: 'Only import() may load the gRPC server, and only when its address is on.',
    from: { path: '^src/', pathNot: [grpc, test] },
    to: { path: grpc, dynamic: false, dependencyTypesNot: ['type-only'] },
  },
  {
    name: 'browser-code-stays-in-the-browser',
    comment: 'Programs serve the console as one file; its code runs in a browser alone.',
    from: { path: '^src/', pathNot: [browser, test] },
    to: { path: browser },
  },
  {
    name: 'browser-has-no-node',
    comment: 'A browser has no module of Node.js.',
    from: { path: browser, pathNot: test },
    to: { dependencyTypes: ['core'] },
  },
  {
    name: 'preact-stays-in-the-browser',
    comment: 'Only the console is made of components.',
    from: { path: '^src/', pathNot: [browser, test] },
    to: { path: libraries('preact') },
  },
  {
    name: 'pure-rooms-touch-nothing',
    comment: `Of Node.js a pure room uses only ${harmlessModules.join(', ')}; pass the rest in.`,
    from: { path: inRooms(pure), pathNot: test },
    to: { dependencyTypes: ['core'], pathNot: `^(node:)?${anyOf(harmlessModules)}$` },
  },
  {
    name: 'pure-rooms-have-no-io-libraries',
    comment: 'A pure room takes callbacks instead of HTTP clients, servers, logs and metrics.',
    from: { path: inRooms(pure), pathNot: test },
    to: { path: libraries('undici', 'express', 'pino', 'prom-client', '@kubernetes') },
  },
  {
    name: 'status-calls-no-issuer',
    comment: 'Of an issuer a status knows the state, as a type.',
    from: { path: inRooms(['status']), pathNot: test },
    to: {
      path: '^src/issuers/',
      pathNot: '^src/issuers/(errors|left-out)\\.ts$',
      dependencyTypesNot: ['type-only'],
    },
  },
  {
    name: 'kubernetes-client-behind-one-file',
    comment: 'Only src/kubernetes/kubeconfig.ts sees the Kubernetes client: importing it costs 113 MB.',
    from: { pathNot: '^src/kubernetes/kubeconfig\\.ts$' },
    to: { path: libraries('@kubernetes/client-node') },
  },
  {
    name: 'kubeconfig-is-lazy',
    comment: 'Only import() may load the Kubernetes client: an operator in a pod needs no kubeconfig.',
    from: { path: '^src/', pathNot: test },
    to: { path: '^src/kubernetes/kubeconfig\\.ts$', dynamic: false, dependencyTypesNot: ['type-only'] },
  },
  {
    name: 'metrics-library-behind-one-file',
    comment: 'Only src/telemetry/prometheus.ts sees prom-client.',
    from: { path: '^src/', pathNot: '^src/telemetry/prometheus\\.ts$' },
    to: { path: libraries('prom-client') },
  },
  {
    name: 'log-library-behind-one-file',
    comment: 'Only src/telemetry/log.ts sees pino.',
    from: { path: '^src/', pathNot: '^src/telemetry/log\\.ts$' },
    to: { path: libraries('pino') },
  },
  {
    name: 'express-stays-out-of-the-check',
    comment: 'Express serves pages of the operator; a check never goes through it.',
    from: { path: '^src/', pathNot: ['^src/operator/', test] },
    to: { path: libraries('express') },
  },
  {
    name: 'jose-is-the-oracle',
    comment: 'jose mints tokens and judges ours in tests and tools; the product verifies by itself.',
    from: { path: '^src/', pathNot: test },
    to: { path: libraries('jose') },
  },
  {
    name: 'no-development-packages-in-the-product',
    comment: 'What the product imports must stand under "dependencies" of package.json.',
    from: { path: '^src/', pathNot: [test, '\\.gen\\.d\\.ts$'] },
    to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
  },
  {
    name: 'no-cycles',
    comment: 'Files that need each other are one file, or need a third.',
    from: {},
    to: { circular: true },
  },
  {
    name: 'no-dead-paths',
    comment: 'An import must lead somewhere.',
    from: {},
    to: { couldNotResolve: true },
  },
];

export const houseRules: readonly IForbiddenRuleType[] = [...roomRules, ...otherRules];
