/** What the chart has for Prometheus and Grafana, held against the metrics that there are. */
import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import {
  COUNTERS_PORT,
  ENVOY_CONTAINER,
  PROBE_PORT,
  VALIDATOR_CONTAINER,
} from '../../src/injection/layout.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { createOperatorMetrics } from '../../src/telemetry/operator-metrics.ts';
import { at, HOME, render } from './render.ts';

const dashboard = `ConfigMap ${HOME}/portcullis-dashboard`;
const validators = `PodMonitor ${HOME}/portcullis-validators`;
const gateways = `PodMonitor ${HOME}/portcullis-gateways`;

/** Labels by metric, as both programs' pages have them once everything has happened. */
async function metricsThatThereAre(): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const validator = createMetrics({
    tokenCacheEntries: () => 1,
    policyVersion: () => 'v',
    policyAge: () => 1,
    keyAges: () => [['shop/okta', 1]],
    keysLeftOut: () => [['shop/okta', 1]],
  });
  validator.decided('shop/orders', 'denied', 'token_missing', 0.1);
  validator.trialDecided('shop/next', 'same');
  validator.trialSkipped('shop/next');
  validator.keysFetched('shop/okta', 'success');
  const operator = createOperatorMetrics({
    isLeader: () => true,
    watchAges: () => [['Pod', 1]],
    validators: () => [['current', 1]],
    keyAges: () => [['shop/okta', 1]],
    keysLeftOut: () => [['shop/okta', 1]],
    objects: () =>
      (['ApiBinding', 'AuthenticationSource'] as const).map((kind) => ({
        kind,
        namespace: 'shop',
        name: 'a',
        conditions: new Map([['Ready', 'True']]),
        podsUnguarded: 1,
        podsOutdated: 1,
        notGuarded: 'PodsUnguarded',
        keys: 'current',
      })),
    certificateEnd: () => 1,
  });
  operator.reconciled('ApiBinding', 'done', 0.1);
  operator.keysFetched('shop/okta', 'success');
  operator.policyAnswered(200);
  operator.tokenReviewed('pod');
  operator.podJudged('refused', 'HostNetwork');
  const labels = new Map<string, Set<string>>();
  for (const page of [await validator.render(), await operator.render()]) {
    for (const [, name = '', some = ''] of page.matchAll(/^(portcullis_\w+)(?:\{(.*)\})? /gm)) {
      const known = labels.get(name) ?? new Set();
      for (const [, label = ''] of some.matchAll(/(\w+)="/g)) known.add(label);
      labels.set(name, known);
    }
  }
  return labels;
}

/** Of the Envoy beside an app, as docs/metrics.md has them and test/envoy/counters.test.ts finds them. */
const ENVOY: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['envoy_http_ext_authz_error', new Set(['envoy_ext_authz_prefix', 'envoy_http_conn_manager_prefix'])],
  ['envoy_http_rbac_denied', new Set(['envoy_http_conn_manager_prefix'])],
]);
/** Those of the pod that is scraped, which the Prometheus Operator gives every series that has none. */
const TARGET = ['namespace', 'pod'];

interface Panel {
  readonly id: number;
  readonly title: string;
  readonly targets?: readonly { readonly expr: string }[];
}

const metrics = await metricsThatThereAre();

function expectKnown(expression: string): void {
  const asked = [...expression.matchAll(/(?:portcullis|envoy_http)_\w+/g)]
    .map(([name]) => name)
    .filter((name) => !name.endsWith('_prefix'));
  expect(asked.length, expression).toBeGreaterThan(0);
  const labels = asked.map((name) => metrics.get(name) ?? ENVOY.get(name));
  expect(labels, expression).not.toContain(undefined);
  const known = new Set([...TARGET, ...labels.flatMap((some) => [...(some ?? [])])]);
  const grouped = [...expression.matchAll(/(?:by|on) \(([^)]*)\)/g)].flatMap(([, list = '']) =>
    list.split(', '),
  );
  const selected = [...expression.matchAll(/(\w+)(?:=~|!~|!=|=)"/g)].map(([, label]) => label);
  expect(
    [...grouped, ...selected].filter((label = '') => !known.has(label)),
    expression,
  ).toEqual([]);
}

it('alerts ask for metrics and labels that there are', async () => {
  const groups = at(
    (await render({ prometheusRule: { enabled: true } })).one(`PrometheusRule ${HOME}/portcullis`),
    'spec.groups',
  ) as unknown as readonly { readonly rules: readonly { readonly expr: string }[] }[];
  const all = groups.flatMap(({ rules }) => rules.map(({ expr }) => expr));
  expect(all.length).toBeGreaterThan(15);
  for (const expression of all) expectKnown(expression);
});

describe('the dashboard', () => {
  let panels: readonly Panel[];
  let expressions: readonly string[];
  beforeAll(async () => {
    const rendered = await render({ dashboard: { enabled: true } });
    panels = JSON.parse(String((rendered.one(dashboard).data as JsonObject)['portcullis.json'])).panels;
    expressions = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
  });

  it('is found by its label, with what else is said', async () => {
    const values = { enabled: true, labels: { team: 'a' }, annotations: { grafana_folder: 'Portcullis' } };
    const { metadata } = (await render({ dashboard: values })).one(dashboard);
    expect(metadata).toMatchObject({
      labels: { grafana_dashboard: '1', team: 'a', 'app.kubernetes.io/part-of': 'portcullis' },
      annotations: { grafana_folder: 'Portcullis' },
    });
  });

  it('has panels of which no two have one id or title', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length);
    expect(expressions.length).toBeGreaterThan(15);
  });

  it('asks for metrics and labels that there are', () => {
    for (const expression of expressions) expectKnown(expression);
  });

  it('is written in whole expressions', () => {
    for (const expression of expressions) {
      const marks = expression.replaceAll(/"[^"]*"/g, '').replaceAll(/[^()[\]{}]/g, '');
      let rest = marks;
      for (let before = ''; before !== rest; ) {
        before = rest;
        rest = rest.replaceAll(/\(\)|\[\]|\{\}/g, '');
      }
      expect(rest, expression).toBe('');
      // What only grows is looked at by its rate.
      expect(
        expression.replaceAll(/rate\(\w+_(total|bucket)(\{[^}]*\})?\[\$__rate_interval\]\)/g, ''),
      ).not.toMatch(/_total|_bucket/);
    }
  });

  it('shows every metric', () => {
    const all = expressions.join('\n');
    const names = [...metrics.keys()].filter((name) => !/_(sum|count)$/.test(name));
    expect(names.filter((name) => !all.includes(name))).toEqual(['portcullis_token_reviews_total']);
  });
});

/** Names of metrics that a text has and the programs have not. */
function unknownIn(text: string): readonly string[] {
  const known = new Set([...metrics.keys()].flatMap((name) => [name, name.replace(/_bucket$/, '')]));
  return [...text.matchAll(/\bportcullis_\w+/g)].map(([name]) => name).filter((name) => !known.has(name));
}

describe('docs/metrics.md', () => {
  const page = readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8');

  it('names every metric with its labels, and no others', () => {
    const said = [...page.matchAll(/^\|.*/gm)].join('\n');
    for (const [name, labels] of metrics) {
      if (/_(sum|count)$/.test(name)) continue;
      const written = name.replace(/_bucket$/, '');
      const found = new RegExp(`\`${written}(?:\\{([^}]*)\\})?\``).exec(said);
      const shown = (found?.[1] ?? '').split(',').filter((label) => label !== '');
      expect([found !== null, shown], name).toEqual([true, [...labels].filter((label) => label !== 'le')]);
    }
    expect(unknownIn(page)).toEqual([]);
  });

  it('is the only page that has to: no other knows metrics that there are not', () => {
    const docs = new URL('../../docs/', import.meta.url);
    const pages = readdirSync(docs, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.md'),
    );
    expect(pages.length).toBeGreaterThan(20);
    expect(pages.flatMap((name) => unknownIn(readFileSync(new URL(name, docs), 'utf8')))).toEqual([]);
  });
});

describe('a PodMonitor', () => {
  const values = { podMonitor: { enabled: true, interval: '5s', labels: { release: 'prometheus' } } };

  it('finds injected validators wherever they are, at their own port and address family', async () => {
    const rendered = await render(values);
    expect(rendered.ids).not.toContain(gateways);
    expect(at(rendered.one(validators), 'metadata.labels.release')).toBe('prometheus');
    expect(at(rendered.one(validators), 'spec.namespaceSelector')).toEqual({ any: true });
    const endpoints = at(rendered.one(validators), 'spec.podMetricsEndpoints') as readonly JsonObject[];
    const ports = [
      [VALIDATOR_CONTAINER, PROBE_PORT],
      [ENVOY_CONTAINER, COUNTERS_PORT],
    ] as const;
    expect(endpoints).toHaveLength(ports.length);
    for (const [i, [container, port]] of ports.entries()) {
      expect(endpoints[i]).toMatchObject({ path: '/metrics', interval: '5s' });
      const relabelings = endpoints[i]?.relabelings as readonly { regex: string; replacement: string }[];
      expect(relabelings[0]).toMatchObject({ action: 'keep', regex: container });
      const addressOf = (ip: string) =>
        relabelings.slice(1).flatMap(({ regex, replacement }) => {
          const whole = new RegExp(`^(?:${regex})$`);
          return whole.test(ip) ? [ip.replace(whole, replacement)] : [];
        });
      expect(addressOf('10.1.2.3')).toEqual([`10.1.2.3:${port}`]);
      expect(addressOf('fd00::1')).toEqual([`[fd00::1]:${port}`]);
    }
  });

  it('stays within the watched namespaces', async () => {
    const rendered = await render({ ...values, watchNamespaces: ['shop', 'web'] });
    expect(at(rendered.one(validators), 'spec.namespaceSelector')).toEqual({ matchNames: ['shop', 'web'] });
  });

  it("finds gateways' validators by the name of their port", async () => {
    const both = [{ gateway: 'a/b' }, { gateway: 'edge/public', name: 'edge', namespace: 'edge' }];
    const rendered = await render({ ...values, gateways: both });
    expect(at(rendered.one(gateways), 'spec.namespaceSelector')).toEqual({ matchNames: [HOME, 'edge'] });
    expect(at(rendered.one(gateways), 'spec.podMetricsEndpoints')).toEqual([
      { port: 'probes', path: '/metrics', interval: '5s' },
    ]);
  });
});
