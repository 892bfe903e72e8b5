/** Every query of dashboard and alerts, evaluated by Prometheus' own code over pages of a real operator and validator. */

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import type { JsonObject } from '../../src/base/json.ts';
import { partition } from '../../src/base/partition.ts';
import { INJECT_PATH } from '../../src/operator/injection/configuration.ts';
import { testRules } from '../chart/promtool.ts';
import { signingKey, token } from '../support/tokens.ts';
import { reasonOf } from '../support/validator.ts';
import { askWebhook } from './load.ts';
import { pod } from './objects.ts';
import { type Replica, startWorld, type World } from './processes.ts';
import { type Provider, startProvider } from './rotating-provider.ts';
import { asInputSeries, type Scrape } from './scrapes.ts';
import { HOME, ours, SHOP, sourceOf } from './shop.ts';
import type { ValidatorProcess } from './validator-process.ts';

const SOON = { timeout: 50_000, interval: 100 };
const AWAY = 'http://127.0.0.1:1';
const INTERVAL = 30;
const PASSED = { code: 0, stderr: '' };

let world: World;
let provider: Provider;
let replica: Replica;
let validator: ValidatorProcess;
const rounds: (readonly Scrape[])[] = [];

beforeAll(async () => {
  [world, provider] = await Promise.all([startWorld(), startProvider([{ kty: 'oct', k: 'AAAA' }])]);
  const away = { issuer: AWAY, audiences: ['api'], fetch: { retryInterval: '1s' } };
  await world.apply(sourceOf(provider.issuer), ours('AuthenticationSource', 'away', { jwt: away }));
  await world.apply(bindingOf('r0'), ours('ApiBinding', 'returns', NOWHERE), TRIAL);
  const ownToken = await world.pod('p');
  for (const [name, injected] of [['open'], ['old', '0.0.1']] as const) {
    await world.apply(pod(`${SHOP}/${name}`, { app: 'orders', ...(injected && { injected }) }));
    const running = JSON.stringify({ status: { phase: 'Running' } });
    await world.kubectl(
      'patch',
      'pod',
      name,
      '-n',
      SHOP,
      '--subresource=status',
      '--type=merge',
      '-p',
      running,
    );
  }
  replica = await world.replica('a');
  validator = await world.validator('p', ownToken);
  await Promise.all([replica.ready(), validator.ready()]);
  await inForce('r0');
  await round('r1');
  await round('r2');
});
afterAll(async () => {
  await world?.stop();
  await provider?.stop();
});

const NOWHERE = { targetRefs: [{ kind: 'Service', name: 'nowhere' }], sources: [{ name: 'login' }] };
const bindingOf = (realm: string): object =>
  ours('ApiBinding', 'orders', {
    targetRefs: [{ kind: 'Service', name: 'orders' }],
    sources: [{ name: 'login' }, { name: 'away' }],
    realm,
  });

/** It would let nobody in. */
const TRIAL = ours('ApiBinding', 'stricter', {
  mode: 'Trial',
  targetRefs: [{ kind: 'Service', name: 'orders' }],
  sources: [{ name: 'login' }],
  rules: [{ name: 'nobody', authentication: 'Deny' }],
});

const inForce = (realm: string) => vi.waitFor(async () => expect(await validator.realm()).toBe(realm), SOON);

const operatorPage = async (): Promise<string> =>
  (await fetch(`http://127.0.0.1:${replica.admin}/metrics`)).text();
const failures = (page: string): number =>
  Number(
    /^portcullis_key_fetches_total\{source="shop\/away",result="UNKNOWN_HOST"\} (\d+)$/m.exec(page)?.[1] ?? 0,
  );

/** Everything that a panel shows happens, and is read then. */
async function round(realm: string): Promise<void> {
  const before = failures(rounds.at(-1)?.[0]?.page ?? '');
  const verdict = async (bearer: string | undefined) => reasonOf(await validator.ask(bearer));
  const bearer = provider.token('a');
  expect([await verdict(bearer), await verdict(bearer)]).toEqual(['authenticated', 'authenticated']);
  expect(await verdict(undefined)).toBe('token_missing');
  expect(await verdict(awayToken())).toBe('keys_unavailable');
  const secret = ['get', 'secret', 'portcullis-webhook', '-n', HOME, '-o', 'jsonpath={.data.current}'];
  const key = Buffer.from(await world.kubectl(...secret), 'base64').toString();
  const review = { path: INJECT_PATH, review: REVIEW };
  await vi.waitFor(
    async () => expect(await askWebhook(replica.webhook() ?? 0, key, review)).toBe('allowed: false'),
    SOON,
  );
  await world.apply(bindingOf(realm));
  await inForce(realm);
  const page = await vi.waitFor(async () => {
    const read = await operatorPage();
    expect(failures(read)).toBeGreaterThan(before);
    for (const wanted of WANTED) expect(read).toMatch(wanted);
    return read;
  }, SOON);
  rounds.push([
    { instance: 'operator', page },
    { instance: 'validator', page: await validator.metrics() },
    { instance: 'envoy', page: envoyPage(rounds.length) },
  ]);
}

/** What the status says of the shop once all of it has been looked at. */
const WANTED = [
  /^portcullis_binding_condition\{namespace="shop",binding="returns",type="Ready",status="False"\} 1$/m,
  /^portcullis_binding_not_guarded\{namespace="shop",binding="orders",reason="PodsUnguarded"\} 1$/m,
  /^portcullis_binding_pods_unguarded\{/m,
  /^portcullis_binding_pods_outdated\{/m,
  /^portcullis_keys_left_out\{source="shop\/login"\} 1$/m,
  /^portcullis_source_keys\{namespace="shop",source="away",state="never_read"\} 1$/m,
  /^portcullis_source_keys\{namespace="shop",source="login",state="current"\} 1$/m,
];

const awayToken = (): string => {
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: AWAY, sub: 'ann', iat: now, exp: now + 3600, aud: 'api' };
  return token({ alg: 'ES256', key: signingKey('ES256', 'x'), claims });
};

/** Its sidecars cannot guard a pod in the node's own network. */
const REVIEW = {
  apiVersion: 'admission.k8s.io/v1',
  kind: 'AdmissionReview',
  request: {
    uid: 'r',
    operation: 'CREATE',
    name: 'n',
    namespace: SHOP,
    dryRun: false,
    kind: { group: '', version: 'v1', kind: 'Pod' },
    resource: { group: '', version: 'v1', resource: 'pods' },
    userInfo: { username: 'ann' },
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'n', namespace: SHOP, labels: { app: 'orders' } },
      spec: {
        hostNetwork: true,
        containers: [{ name: 'app', image: 'app', ports: [{ containerPort: 8080 }] }],
      },
    },
  },
};

/** The page that docs/metrics.md shows, which test/envoy/counters.test.ts has a real Envoy say. */
function envoyPage(count: number): string {
  const text = readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8');
  const lines = [...text.matchAll(/^envoy_\w+\{.*\} 1$/gm)].map(([line]) => line);
  expect(lines).toHaveLength(4);
  return lines.map((line) => line.replace(/ 1$/, ` ${count}`)).join('\n');
}

interface Panel {
  readonly title: string;
  readonly targets?: readonly { readonly expr: string }[];
}

const helm = (file: string): string =>
  readFileSync(new URL(`../../helm/portcullis/files/${file}`, import.meta.url), 'utf8');

/** promtool's test of expressions that give data, and of others that do not. A sample that is no number is not shown. */
function questions(some: readonly string[], none: readonly string[]): JsonObject {
  const question = (expr: string, samples: readonly JsonObject[]) => ({
    // What is no number is not equal to itself.
    expr: `clamp_max(count((${expr}) == (${expr})), 1)`,
    eval_time: `${INTERVAL}s`,
    exp_samples: [...samples],
  });
  return {
    interval: `${INTERVAL}s`,
    input_series: asInputSeries(rounds),
    promql_expr_test: [
      ...some.map((expr) => question(expr, [{ labels: '{}', value: 1 }])),
      ...none.map((expr) => question(expr, [])),
    ],
  };
}

it('of the dashboard each gives data', async () => {
  const { panels } = JSON.parse(helm('dashboard.json')) as { readonly panels: readonly Panel[] };
  const expressions = panels.flatMap(({ targets = [] }) =>
    targets.map(({ expr }) =>
      expr.replaceAll('$binding', '.*').replaceAll('$__rate_interval', `${4 * INTERVAL}s`),
    ),
  );
  expect(expressions.length).toBeGreaterThan(25);
  // Nothing keeps a Trial from judging here.
  const [some, none] = partition(expressions, (expr) => !expr.includes('portcullis_trials_skipped_total'));
  expect(none).toHaveLength(1);
  const nothing = 'sum(rate(portcullis_decisions_total{reason="no_such_reason"}[2m]))';
  expect(await testRules({ groups: [] }, [questions(some, [...none, nothing])])).toMatchObject(PASSED);
});

it('of the runbooks each can be asked', async () => {
  const text = readFileSync(new URL('../../docs/runbooks.md', import.meta.url), 'utf8');
  const spans = [...text.replaceAll(/^```.*?^```$/gms, '').matchAll(/`([^`]+)`/g)].map(
    ([, span = '']) => span,
  );
  const expressions = spans.filter((span) => /\bportcullis_\w+[{[(]|\brate\(/.test(span));
  expect(expressions.length).toBeGreaterThan(0);
  // Nothing is in mode Audit here: an expression that is no PromQL is an error all the same.
  expect(await testRules({ groups: [] }, [questions([], expressions)])).toMatchObject(PASSED);
});

it('of the alerts those hold that are about what is wrong in the shop', async () => {
  const { groups } = parse(helm('alerts.yaml')) as {
    readonly groups: readonly {
      readonly rules: readonly { readonly alert: string; readonly expr: string }[];
    }[];
  };
  const rules = groups.flatMap((group) => group.rules);
  const some = rules.filter(({ alert }) => WRONG.has(alert)).map(({ expr }) => expr);
  expect(some).toHaveLength(WRONG.size);
  // Whether a validator has said already that it follows is a question of the moment.
  const none = rules.filter(({ alert }) => !WRONG.has(alert) && alert !== 'PortcullisValidatorsBehind');
  const tests = [
    questions(
      some,
      none.map(({ expr }) => expr),
    ),
  ];
  expect(await testRules({ groups: [] }, tests)).toMatchObject(PASSED);
});

const WRONG: ReadonlySet<string> = new Set([
  ...['PortcullisApiOpen', 'PortcullisBindingNotReady', 'PortcullisPodsRefused'],
  ...['PortcullisKeysUnavailable', 'PortcullisSourceNeverRead'],
  ...['PortcullisValidatorSilent', 'PortcullisAnswersWithoutDecision'],
]);
