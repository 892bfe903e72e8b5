/** The PrometheusRule, held against Prometheus itself: each alert fires when it should, and keeps quiet when it should. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import { ALERT_CASES } from './alert-cases.ts';
import type { AlertCase } from './alert-series.ts';
import { checkRules, testRules } from './promtool.ts';
import { at, HOME, render, template } from './render.ts';

const ID = `PrometheusRule ${HOME}/portcullis`;
const BUILDING = 900_000;

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: { readonly severity: string };
  readonly annotations: Readonly<Record<string, string>>;
}

let spec: JsonObject;
let rules: readonly Rule[];
beforeAll(async () => {
  const rendered = await render({ prometheusRule: { enabled: true } });
  spec = rendered.one(ID).spec as JsonObject;
  rules = (spec.groups as unknown as readonly { readonly rules: readonly Rule[] }[]).flatMap(
    (group) => group.rules,
  );
});

const ruleOf = (alert: string): Rule => {
  const found = rules.find((rule) => rule.alert === alert);
  if (found === undefined) throw new Error(`There is no alert ${alert}.`);
  return found;
};
const page = (name: string) => readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8');

describe('the object', () => {
  it('is rendered where it is wanted, with labels and annotations', async () => {
    expect((await render()).ids).not.toContain(ID);
    const values = { enabled: true, labels: { release: 'prometheus' }, annotations: { team: 'a' } };
    expect((await render({ prometheusRule: values })).one(ID).metadata).toMatchObject({
      labels: { release: 'prometheus', 'app.kubernetes.io/part-of': 'portcullis' },
      annotations: { team: 'a' },
    });
  });

  it('leads to where the runbooks are read', async () => {
    const values = { enabled: true, runbooks: 'https://wiki.example/runbooks?v=1' };
    const urls = at((await render({ prometheusRule: values })).one(ID), 'spec.groups.0.rules.0.annotations');
    expect(urls).toMatchObject({ runbook_url: 'https://wiki.example/runbooks?v=1#portcullisapiopen' });
  });

  it.each([[{ enable: true }], [{ runbooks: '' }], [{ runbooks: 'a b' }], [{ enabled: 'yes' }]])(
    'is refused with %j',
    async (prometheusRule) => {
      expect((await template({ prometheusRule })).code).toBe(1);
    },
  );

  it('stays what it was in namespaced mode', async () => {
    const rendered = await render({ prometheusRule: { enabled: true }, watchNamespaces: ['shop'] });
    expect(rendered.one(ID).spec).toEqual(spec);
  });
});

describe('an alert', () => {
  it('is taken by Prometheus', { timeout: BUILDING }, async () => {
    const { code, stdout, stderr } = await checkRules(spec);
    expect([code, stderr, stdout]).toEqual([0, '', expect.stringContaining(`${rules.length} rules found`)]);
  });

  it('has a case, a severity that is known, and no name twice', () => {
    const names = rules.map(({ alert }) => alert);
    expect(new Set(ALERT_CASES.map(({ alert }) => alert))).toEqual(new Set(names));
    expect(new Set(names).size).toBe(names.length);
    for (const { alert, severity } of ALERT_CASES) expect(ruleOf(alert).labels).toEqual({ severity });
  });

  it('fires, and says what there is to do', { timeout: BUILDING }, async () => {
    const tests = ALERT_CASES.map((one) => testOf(one, one.fires, [firing(one)]));
    expect(await testRules(spec, tests)).toMatchObject({ code: 0, stderr: '' });
  });

  it('keeps quiet', { timeout: BUILDING }, async () => {
    const tests = ALERT_CASES.flatMap((one) => one.quiet.map((series) => testOf(one, series, [])));
    expect(await testRules(spec, tests)).toMatchObject({ code: 0, stderr: '' });
  });

  it('is not told by a test that fails for it', { timeout: BUILDING }, async () => {
    const [one] = ALERT_CASES;
    if (one === undefined) throw new Error('no case');
    expect((await testRules(spec, [testOf(one, one.fires, [])])).code).toBe(1);
  });

  function testOf(
    { alert, at: time }: AlertCase,
    series: AlertCase['fires'],
    expected: readonly JsonObject[],
  ) {
    return {
      name: alert,
      interval: '30s',
      input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
      alert_rule_test: [{ eval_time: time, alertname: alert, exp_alerts: [...expected] }],
    };
  }

  function firing({ alert, severity, labels, summary, description }: AlertCase): JsonObject {
    return {
      exp_labels: { severity, ...labels },
      exp_annotations: {
        summary,
        description: description ?? ruleOf(alert).annotations.description ?? '',
        runbook_url: `docs/runbooks.md#${alert.toLowerCase()}`,
      },
    };
  }
});

describe('docs', () => {
  it('have a runbook for each alert, whole, and for no other', () => {
    const sections = page('runbooks.md').split(/^## /m).slice(1);
    const alerts = sections.filter((section) => section.startsWith('Portcullis'));
    expect(alerts.map((section) => section.split('\n')[0])).toEqual(rules.map(({ alert }) => alert));
    for (const section of alerts) {
      const parts = [...section.matchAll(/^\*\*(.+?)\*\*/gm)].map(([, part]) => part);
      expect([section.split('\n')[0], parts]).toEqual([
        section.split('\n')[0],
        ['What it means.', 'What users notice.', 'Look.', 'Do.', 'Do not.'],
      ]);
    }
  });

  it('list each alert with its severity and patience', () => {
    const listed = [
      ...page('metrics.md').matchAll(/^\| \[(Portcullis\w+)\]\((.*?)\) \| (\w+) \| (\w+) \|/gm),
    ];
    expect(listed.map(([, ...cells]) => cells)).toEqual(
      rules.map(({ alert, labels, for: time }) => [
        alert,
        `runbooks.md#${alert.toLowerCase()}`,
        labels.severity,
        time,
      ]),
    );
  });
});
