/** Cached traffic beside a flood: of tokens that are dear to refuse, and of paths that are dear to read. */

import { startFlood } from './flood.ts';
import { applyLoad } from './load.ts';
import { atLeast, atMost, type Mark } from './mark.ts';
import { type Figures, measure, median, type Subject } from './measure.ts';
import { forge, mint } from './minting.ts';
import type { Plan } from './plan.ts';
import { type RunningValidator, World } from './world.ts';

/** A P-521 signature: 66 bytes each for r and s. */
const ES512_BYTES = 132;
const TOKENS_PER_SECOND = 1000;
const FLOODED_TOKENS = 200;
const PATHS_PER_SECOND = 200;
const PATH_BYTES = 8000;
/** What servers decode once, twice or not at all, join, split or fold: each piece has many readings. */
const DISGUISES = ['%20%2520.%c0%afAa', '/%2e%2e;a=b/%2f', 'A%25%32%30//.%5c', '%e0%80%af/./B%2520'];
/** Measurements without and with the flood; the median of their ratios counts. */
const PAIRS = 3;
/** Seconds of asking until all tokens are cached; 5,000 of ES512 take a dozen. */
const MOST_ATTEMPTS = 60;

interface FloodKind {
  readonly name: string;
  /** Of the tokens that go on being good. */
  readonly algorithm: string;
  readonly requests: readonly string[];
  readonly perSecond: number;
}

export async function measureFloods(
  envoy: string,
  plan: Plan,
  progress: (text: string) => void,
): Promise<readonly Mark[]> {
  const kinds: readonly FloodKind[] = [
    {
      name: `${TOKENS_PER_SECOND.toLocaleString('en')} forged ES512 tokens a second`,
      algorithm: 'ES512',
      requests: Array.from({ length: 2000 }, () => forgedToken()),
      perSecond: TOKENS_PER_SECOND,
    },
    ...DISGUISES.map((piece) => ({
      name: `${PATHS_PER_SECOND} paths a second of 8 KB of ${piece} at another host`,
      algorithm: 'RS256',
      requests: [disguisedPath(piece)],
      perSecond: PATHS_PER_SECOND,
    })),
  ];
  const marks: Mark[] = [];
  for (const kind of kinds) {
    progress(kind.name);
    marks.push(...(await measureFlood(envoy, kind, plan, progress)));
  }
  return marks;
}

function forgedToken(): string {
  const token = forge('ES512', ES512_BYTES);
  return `GET /orders HTTP/1.1\r\nhost: h0.example\r\nauthorization: Bearer ${token}\r\n\r\n`;
}

function disguisedPath(piece: string): string {
  const path = `/${piece.repeat(PATH_BYTES / piece.length)}`;
  return `GET ${path} HTTP/1.1\r\nhost: h1.example\r\n\r\n`;
}

async function measureFlood(
  envoy: string,
  { name, algorithm, requests, perSecond }: FloodKind,
  plan: Plan,
  progress: (text: string) => void,
): Promise<readonly Mark[]> {
  await using world = new World(envoy);
  const validator = await world.validator(algorithm, 2, 'http');
  const ours = await world.checking({ kind: 'ext_authz', authorizer: validator.authorizer });
  const subject = {
    envoy: ours,
    authorizer: validator,
    tokens: world.file(mint(algorithm, FLOODED_TOKENS), 'tokens'),
  };
  await cacheAll(subject, validator);
  const pairs: { readonly rate: number; readonly p99: number }[] = [];
  // Without and with the flood in turn: other work on the machine comes and goes, and is to weigh on both.
  for (let pair = 0; pair < PAIRS; pair++) {
    const warmUp = pair === 0 ? plan.warmUp : 1;
    const quiet = await measure(subject, { ...plan, warmUp });
    const flood = startFlood(ours.port, requests, perSecond);
    const flooded = await measure(subject, { ...plan, warmUp: 1 });
    const answers = await flood.stop();
    progress(`${describe(quiet)}; beside the flood ${describe(flooded)}`);
    progress(`the flood was answered ${[...answers].map(([status, n]) => `${status}: ${n}`).join(', ')}`);
    if (answers.has(200)) throw new Error('a request of the flood was let through');
    pairs.push({ rate: flooded.perSecond / quiet.perSecond, p99: flooded.p99 / quiet.p99 });
  }
  const [rate, p99] = [median(pairs, (pair) => pair.rate).rate, median(pairs, (pair) => pair.p99).p99];
  return [
    atLeast(`cached requests/s beside ${name}`, 0.8, ' ×', rate),
    atMost('p99 beside them', 3, ' ×', p99),
  ];
}

const describe = ({ perSecond, p99 }: Figures): string =>
  `${Math.round(perSecond)} requests/s, p99 ${p99.toFixed(1)} ms`;

/** Asks until nothing is verified any more: a dear algorithm's first checks take long, and may be refused. */
export async function cacheAll({ envoy, tokens }: Subject, validator: RunningValidator): Promise<void> {
  const misses = () => validator.metric('portcullis_token_cache_misses_total');
  const load = { port: envoy.port, seconds: 1, tokens, hosts: 1 };
  for (let attempt = 0, before = -1; attempt < MOST_ATTEMPTS; attempt++) {
    await applyLoad(load);
    const now = await misses();
    if (now === before) return;
    before = now;
  }
  throw new Error('good tokens go on being verified anew');
}
