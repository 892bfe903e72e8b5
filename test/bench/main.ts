/**
 * `make bench`: measures the validator beside its peers and the operator at scale, and writes docs/benchmarks.md.
 * `node test/bench/main.ts operator`: looks at the operator alone; `… hostile`: at one that starts among hostile objects;
 * `… floods`: at the validator under floods alone; `… trials`: at what Trials cost it alone;
 * `… resources`: at what a resource and MCP cost it alone;
 * `… crowd`: at changes among many bindings of the same pods alone; `… envoy-gateway`: at Envoy Gateway alone.
 */

import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { findEnvoy } from '../../tools/envoy.ts';
import { publicJwk } from '../support/tokens.ts';
import { bareVerification } from './bare.ts';
import { measureCrowd } from './crowd.ts';
import { measureEnvoyGateway } from './envoy-gateway.ts';
import { envoyGatewaySection } from './envoy-gateway-report.ts';
import { cacheAll, measureFloods } from './floods.ts';
import { measureHostileStart } from './hostile.ts';
import { describeMachine } from './machine.ts';
import { ISSUER } from './manifests.ts';
import { atLeast, atMost, keepsMark, type Mark } from './mark.ts';
import { type Figures, measure, measureInTurn, type Subject } from './measure.ts';
import { mint } from './minting.ts';
import { measureOperator } from './operator.ts';
import { lookAtOperator } from './operator-look.ts';
import { operatorMarks } from './operator-report.ts';
import { type Plan, planFor } from './plan.ts';
import { memory } from './process-figures.ts';
import { rememberingCost } from './remembering.ts';
import { type AlgorithmRow, marksTable, type Row, render } from './report.ts';
import { measureResources } from './resources.ts';
import { measureTrials } from './trials.ts';
import { World } from './world.ts';

async function main(): Promise<void> {
  const name = process.env.BENCH;
  const plan = planFor(name);
  const tellOperator = (text: string): void => progress(`operator: ${text}`);
  if (process.argv[2] === 'operator') return lookAtOperator(plan.operator, tellOperator);
  if (process.argv[2] === 'hostile')
    return console.log(marksTable(await measureHostileStart(plan.hostile, progress)));
  const crowd = () => measureCrowd(plan.crowd, (text) => progress(`crowd: ${text}`));
  if (process.argv[2] === 'crowd') return console.log(marksTable(await crowd()));
  requireWrk();
  const envoy = await findEnvoy();
  if (process.argv[2] === 'floods')
    return console.log(marksTable(await measureFloods(envoy, plan, progress)));
  if (process.argv[2] === 'trials')
    return console.log(marksTable(await measureTrials(envoy, plan, progress)));
  if (process.argv[2] === 'resources')
    return console.log(marksTable(await measureResources(envoy, plan, progress)));
  if (process.argv[2] === 'envoy-gateway')
    return console.log(envoyGatewaySection(await measureEnvoyGateway(envoy, plan, progress)));
  const peers = await comparePeers(envoy, plan);
  const algorithms: AlgorithmRow[] = [];
  for (const algorithm of plan.algorithms) algorithms.push(await measureAlgorithm(envoy, algorithm, plan));
  const envoyGateway = await measureEnvoyGateway(envoy, plan, progress);
  const operator = await measureOperator(plan.operator, tellOperator);
  const marks = [
    ...peers.marks,
    ...algorithms.flatMap((row) => uncachedMarks(row, peers.noOpCpu)),
    ...(await measureSizes(envoy, plan)),
    ...(await measureBindings(envoy, plan)),
    ...(await measureTrials(envoy, plan, progress)),
    ...(await measureResources(envoy, plan, progress)),
    ...(await measureFloods(envoy, plan, progress)),
    ...operatorMarks(operator),
    ...(await measureHostileStart(plan.hostile, progress)),
    ...(await crowd()),
  ];
  const machine = describeMachine(envoy);
  const page = render({ machine, rows: peers.rows, algorithms, envoyGateway, operator, marks });
  console.log(page);
  // A short run is for a look; the page keeps the last whole one.
  if (name !== 'short')
    writeFileSync(fileURLToPath(new URL('../../docs/benchmarks.md', import.meta.url)), page);
  console.log(`${marks.filter(keepsMark).length} of ${marks.length} marks kept`);
}

function requireWrk(): void {
  try {
    execFileSync('wrk', ['--version'], { stdio: 'ignore' });
  } catch (error) {
    // wrk ends with 1 after it has told its version.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      console.error('make bench needs wrk: apt-get install wrk');
      process.exit(1);
    }
  }
}

const progress = (text: string): void => console.error(`bench: ${text}`);

interface Peers {
  readonly rows: readonly Row[];
  readonly marks: readonly Mark[];
  /** Microseconds a check. */
  readonly noOpCpu: number;
}

async function comparePeers(envoy: string, plan: Plan): Promise<Peers> {
  progress('peers');
  await using world = new World(envoy);
  const tokens = world.file(mint('RS256', plan.cachedTokens), 'tokens');
  const jwks = JSON.stringify({ keys: [publicJwk('RS256')] });
  const jwtAuthn = (cache: number) => world.checking({ kind: 'jwt_authn', issuer: ISSUER, jwks, cache });
  const noOp = await world.noOp();
  const http = await world.validator('RS256', 10, 'http');
  const grpc = await world.validator('RS256', 10, 'grpc');
  const asking = (authorizer: typeof noOp) =>
    world.checking({ kind: 'ext_authz', authorizer: authorizer.authorizer });
  const subjects = [
    { name: 'nothing (no filter)', envoy: await world.checking({ kind: 'nothing' }) },
    { name: 'its own jwt_authn, no cache', envoy: await jwtAuthn(0) },
    { name: 'its own jwt_authn, cache of 20,000', envoy: await jwtAuthn(20_000) },
    {
      name: 'a no-op authorization server (another Envoy, HTTP)',
      envoy: await asking(noOp),
      authorizer: noOp,
    },
    { name: 'Portcullis, HTTP, cached', envoy: await asking(http), authorizer: http },
    { name: 'Portcullis, gRPC, cached', envoy: await asking(grpc), authorizer: grpc },
  ].map((subject) => ({ ...subject, tokens }));
  const figures = await measureInTurn(subjects, plan);
  const rows = subjects.flatMap(({ name }, i) => {
    const found = figures[i];
    return found === undefined ? [] : [{ name, figures: found }];
  });
  const [noOpFigures, httpFigures, grpcFigures] = figures.slice(3);
  if (noOpFigures?.cpu === undefined || httpFigures?.cpu === undefined || grpcFigures?.cpu === undefined) {
    throw new RangeError('a peer was not measured');
  }
  const marks: Mark[] = [
    atLeast(
      'cached requests/s over the no-op server',
      1,
      ' ×',
      httpFigures.perSecond / noOpFigures.perSecond,
    ),
    atMost('cached CPU over the no-op server', 1, ' ×', httpFigures.cpu / noOpFigures.cpu),
    atMost('gRPC CPU over the no-op server', 1.8, ' ×', grpcFigures.cpu / noOpFigures.cpu),
    atMost(
      'remembering an allowed request, of its cached CPU',
      2,
      ' %',
      (100 * rememberingCost()) / httpFigures.cpu,
    ),
  ];
  return { rows, marks, noOpCpu: noOpFigures.cpu };
}

async function measureAlgorithm(envoy: string, algorithm: string, plan: Plan): Promise<AlgorithmRow> {
  progress(algorithm);
  await using world = new World(envoy);
  const validator = await world.validator(algorithm, 1, 'http');
  const ours = await world.checking({ kind: 'ext_authz', authorizer: validator.authorizer });
  const measured = (tokens: string): Promise<Figures> =>
    measure({ envoy: ours, authorizer: validator, tokens: world.file(tokens, 'tokens') }, plan);
  // In turn, so that each has left the cache when it comes again.
  const uncached = await measured(mint(algorithm, plan.uncachedTokens));
  const hits = await validator.metric('portcullis_token_cache_hits_total');
  if (hits > uncached.requests / 100)
    throw new Error(`${hits} of ${uncached.requests} uncached checks were cached`);
  const few = {
    envoy: ours,
    authorizer: validator,
    tokens: world.file(mint(algorithm, plan.cachedTokens), 'tokens'),
  };
  await cacheAll(few, validator);
  const cached = await measure(few, plan);
  return { algorithm, bare: bareVerification(algorithm), cached, uncached };
}

function uncachedMarks({ algorithm, bare, uncached }: AlgorithmRow, noOpCpu: number): readonly Mark[] {
  if (algorithm !== 'RS256' && algorithm !== 'ES256') return [];
  const allowed = 1.2 * bare + noOpCpu;
  return [
    atMost(
      `uncached ${algorithm} CPU over 1.2 × crypto.verify + the no-op server`,
      1,
      ' ×',
      (uncached.cpu ?? Number.POSITIVE_INFINITY) / allowed,
    ),
    atMost(
      `anonymous memory under uncached ${algorithm} tokens`,
      85,
      ' MiB',
      uncached.memory?.anonymous ?? Number.POSITIVE_INFINITY,
    ),
  ];
}

async function measureSizes(envoy: string, plan: Plan): Promise<readonly Mark[]> {
  progress('start-up and memory');
  await using world = new World(envoy);
  const starts: number[] = [];
  for (let i = 0; i < 5; i++) starts.push((await world.validator('RS256', 10, 'http')).startup);
  const validator = await world.validator('RS256', 10, 'http');
  const idle = memory(validator.pid).anonymous;
  const ours = await world.checking({ kind: 'ext_authz', authorizer: validator.authorizer });
  const tokens = world.file(mint('RS256', 20_000), 'tokens');
  const loaded = await measure(
    { envoy: ours, authorizer: validator, tokens },
    { ...plan, seconds: Math.max(plan.seconds, 5) },
  );
  return [
    atMost('ready after', 300, ' ms', starts.toSorted((a, b) => a - b)[2] ?? Number.POSITIVE_INFINITY),
    atMost('anonymous memory, idle', 40, ' MiB', idle),
    atMost(
      'anonymous memory under load, 20,000 tokens cached',
      72,
      ' MiB',
      loaded.memory?.anonymous ?? Number.POSITIVE_INFINITY,
    ),
  ];
}

async function measureBindings(envoy: string, plan: Plan): Promise<readonly Mark[]> {
  progress('10 and 10,000 bindings');
  await using world = new World(envoy);
  const tokens = world.file(mint('RS256', plan.cachedTokens), 'tokens');
  const subjects: Subject[] = [];
  for (const hosts of [10, 10_000]) {
    const validator = await world.validator('RS256', hosts, 'http');
    const asked = await world.checking({ kind: 'ext_authz', authorizer: validator.authorizer });
    // The same ten hosts, so that only the size of the policy differs.
    subjects.push({ envoy: asked, authorizer: validator, tokens, hosts: 10 });
  }
  const [few, many] = await measureInTurn(subjects, plan);
  return [
    atMost(
      'a check among 10,000 bindings over one among 10',
      1.1,
      ' ×',
      (many?.cpu ?? Number.POSITIVE_INFINITY) / (few?.cpu ?? 0),
    ),
  ];
}

await main();
// Whatever a measurement may have left open does not keep the run from its end.
process.exit();
