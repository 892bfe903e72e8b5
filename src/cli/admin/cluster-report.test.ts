import { describe, expect, it } from 'vitest';
import { failed, ok } from '../../kubernetes/errors.ts';
import type { PodHttp } from '../../kubernetes/pod-http.ts';
import type { Report } from '../../report/report.ts';
import { clusterReport } from './cluster-report.ts';

const counts = (count: number) =>
  [{ rule: 'read', outcome: 'audit_denied', reason: 'token_missing', count }] as const;

const reportWith = (...bindings: readonly (string | null)[]): Report => ({
  format: 1,
  from: '2026-11-29T10:00:00.000Z',
  until: '2026-11-29T11:00:00.000Z',
  validators: 1,
  bindings: bindings.map((binding) => ({
    binding,
    mode: 'Audit',
    counts: [...counts(2)],
    rows: [],
    unlisted: 0,
  })),
});

const NOW = Date.parse('2026-11-29T11:00:05.000Z');

async function* chunks(text: string) {
  const bytes = Buffer.from(text);
  yield bytes.subarray(0, 5);
  yield bytes.subarray(5);
}
const answers =
  (text: string, status = 200): PodHttp =>
  async () =>
    ok({ status, headers: {}, body: chunks(text) });

/** Of pods, namespace/name. */
function ask(
  pods: Readonly<Record<string, PodHttp>>,
  more: { binding?: string; namespace?: string | undefined } = {},
) {
  const asked: string[] = [];
  const said: string[] = [];
  const fleet = {
    namespace: 'namespace' in more ? more.namespace : 'shop',
    binding: more.binding,
    found: {
      pods: Object.keys(pods),
      ofGateways: new Map(
        Object.keys(pods).flatMap((pod) =>
          pod.includes('/gateway-')
            ? [[pod, pod.startsWith('edge/') ? new Set(['shop/orders']) : 'all'] as const]
            : [],
        ),
      ),
      bindings: new Set<string>(),
      unread: [],
    },
    progress: { say: (text: string) => said.push(text), end: () => {} },
    ask: ({ namespace, name }: { namespace: string; name: string }): PodHttp => {
      const answer = pods[`${namespace}/${name}`];
      return async (request) => {
        asked.push(request.path);
        return (await answer?.(request)) ?? failed('NotFound', 'no such pod');
      };
    },
  };
  return clusterReport(fleet, '1h', { now: () => NOW }).then((answer) => ({ ...answer, asked, said }));
}

describe('one report of many validators', () => {
  it('adds up what they tell, some at a time, and says how far it has come', async () => {
    const pods = Object.fromEntries(
      Array.from({ length: 200 }, (_, i) => [
        `shop/p-${i}`,
        answers(JSON.stringify(reportWith('shop/orders'))),
      ]),
    );
    const { report, unread, asked, said } = await ask(pods, { binding: 'shop/orders' });
    expect(report).toMatchObject({
      validators: 200,
      bindings: [{ binding: 'shop/orders', counts: counts(400) }],
    });
    expect(unread).toEqual([]);
    expect(new Set(asked)).toEqual(new Set(['/report?since=1h&binding=shop%2Forders']));
    expect(said.at(-1)).toBe('asked 200 of 200 validators');
  });

  it.each<[string, PodHttp, string]>([
    ['that is away', async () => failed('Unreachable', 'it is gone'), 'it is gone'],
    [
      'of another version',
      answers('no such page\n\u001b[2J', 404),
      'it answers 404 at /report?since=1h: no such page [2J',
    ],
    ['that refuses', answers('no', 403), 'it answers 403 at /report?since=1h: no'],
    ['that tells no report', answers('{"format":9}'), 'its answer is no report: format must be 1'],
    ['that tells no JSON', answers('<html>'), 'its answer is no report'],
    [
      'that ends early',
      async () =>
        ok({
          status: 200,
          headers: {},
          // biome-ignore lint/correctness/useYield: it breaks before.
          body: (async function* (): AsyncGenerator<Uint8Array> {
            throw new Error('it broke');
          })(),
        }),
      'it broke',
    ],
  ])('names one %s, and shows the others', async (_, broken, why) => {
    const { report, unread } = await ask({
      'shop/a': answers(JSON.stringify(reportWith('shop/orders'))),
      'shop/b': broken,
    });
    expect(report).toMatchObject({ validators: 1 });
    expect(unread).toEqual([expect.stringContaining(`validator shop/b was not asked: ${why}`)]);
  });

  it('names many that are silent for one reason together', async () => {
    const away: PodHttp = async () => failed('Unreachable', 'it is gone');
    const { unread } = await ask(
      Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`shop/p-${i}`, away] as const)),
    );
    expect(unread).toEqual([
      'validators shop/p-0, shop/p-1, shop/p-2, shop/p-3, shop/p-4 and 4 more were not asked: it is gone',
    ]);
  });

  it('leaves out what a gateway judges of other namespaces', async () => {
    const text = JSON.stringify(reportWith('shop/orders', 'other/orders', null));
    const at = (more: { namespace?: string | undefined }) =>
      ask({ 'portcullis-system/gateway-1': answers(text), 'shop/a': answers(text) }, more);
    const { report } = await at({});
    expect(report?.bindings.map(({ binding, counts: [one] }) => [binding, one?.count])).toEqual([
      [null, 2],
      ['shop/orders', 4],
    ]);
    const all = await at({ namespace: undefined });
    expect(all.report?.bindings.map(({ binding }) => binding)).toEqual([null, 'other/orders', 'shop/orders']);
  });

  it('lets a pod speak for no other namespace, nor of what was not asked, nor for others', async () => {
    const text = JSON.stringify({
      ...reportWith('shop/orders', 'shop/more', 'evil/x', null),
      validators: 500,
    });
    const told = async (more: Parameters<typeof ask>[1], pod = 'evil/liar') => {
      const { report } = await ask({ [pod]: answers(text) }, more);
      return [report?.validators, ...(report?.bindings ?? []).map(({ binding }) => binding)];
    };
    expect(await told({ namespace: undefined })).toEqual([1, null, 'evil/x']);
    expect(await told({ namespace: 'shop' })).toEqual([1]);
    expect(await told({ binding: 'shop/orders' })).toEqual([1]);
    expect(await told({ binding: 'shop/orders' }, 'shop/a')).toEqual([1, 'shop/orders']);
    expect(await told({ binding: 'shop/orders' }, 'edge/gateway-1')).toEqual([1, 'shop/orders']);
    // Beside a Gateway that anybody may have made: of what its Gateway has accepted alone.
    expect(await told({ namespace: undefined }, 'edge/gateway-1')).toEqual([1, null, 'shop/orders']);
    expect(await told({ binding: 'shop/more' }, 'edge/gateway-1')).toEqual([1]);
  });

  it.each([
    ['lies', '0', 'z'],
    ['has a clock of the past', '1999-01-01T00:00:00.000Z', '1999-01-01T01:00:00.000Z'],
    ['has a clock of the future', '2999-01-01T00:00:00.000Z', '2999-01-01T01:00:00.000Z'],
  ])('lets none that %s stretch the time of all beyond what was asked', async (_, from, until) => {
    const { report } = await ask({
      'shop/a': answers(JSON.stringify(reportWith('shop/orders'))),
      'shop/b': answers(JSON.stringify({ ...reportWith('shop/orders'), from, until })),
    });
    const [earliest, latest] = [report?.from, report?.until].map((time) => Date.parse(time ?? ''));
    expect(earliest).toBeGreaterThanOrEqual(NOW - 2 * 3_600_000);
    expect(earliest).toBeLessThanOrEqual(Date.parse('2026-11-29T10:00:00.000Z'));
    expect(latest).toBeGreaterThanOrEqual(Date.parse('2026-11-29T11:00:00.000Z'));
    expect(latest).toBeLessThanOrEqual(NOW);
  });

  it('lets no long answer take the place of others', async () => {
    const long = answers(`${JSON.stringify(reportWith('evil/x'))}${' '.repeat(17 * 1024 * 1024)}`);
    const { report, unread } = await ask(
      { 'evil/liar': long, 'shop/a': answers(JSON.stringify(reportWith('shop/orders'))) },
      { namespace: undefined },
    );
    expect(report?.bindings.map(({ binding }) => binding)).toEqual(['shop/orders']);
    expect(unread).toEqual([
      expect.stringContaining('validator evil/liar was not asked: its answer is too long'),
    ]);
  });

  it('of nobody there is none', async () => {
    expect(await ask({})).toMatchObject({ report: undefined, unread: [] });
  });
});
