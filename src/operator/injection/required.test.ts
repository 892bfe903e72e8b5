import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../base/json.ts';
import { objectAt } from '../../base/members.ts';
import { appPod, bound, chooser, podReview } from '../testing/injection.ts';
import {
  HOST,
  injectorWorld,
  messageOf,
  ORDERS,
  patched,
  sidecars,
  warningsOf,
} from '../testing/injector.ts';

describe('a namespace that requires guards', () => {
  const required = () =>
    injectorWorld([chooser('shop/orders')], true, { 'portcullis.dev/injection': 'required' }).injector;
  const update = (before: JsonObject, after: JsonObject) =>
    podReview(after, { operation: 'UPDATE', oldObject: before });

  it('gives sidecars to a pod that a Service exposes, and says what they do until a binding is there', async () => {
    const decision = await required().inject(podReview(appPod(ORDERS)));
    const made = patched(appPod(ORDERS), decision);
    expect(sidecars(made)).toEqual(['portcullis-capture', 'portcullis-validator', 'portcullis-envoy']);
    expect(objectAt(objectAt(made.metadata).annotations)['portcullis.dev/captured-ports']).toBe('8080');
    expect(warningsOf(decision)).toEqual([
      'Pod shop/orders-1 refuses every request until an ApiBinding targets it: its namespace requires a guard for what Service shop/orders leads to',
    ]);
    expect(await required().confirm(podReview(made))).toEqual({ kind: 'allowed', warnings: [] });
    expect(messageOf(await required().confirm(podReview(appPod(ORDERS))))).toContain('(SidecarsChanged)');
  });

  it('refuses a pod that a Service exposes and that cannot be guarded', async () => {
    expect(messageOf(await required().inject(podReview(appPod(ORDERS, {}, HOST))))).toBe(
      'Pod shop/orders-1 is refused: its namespace requires a guard for what Service shop/orders leads to (label it portcullis.dev/inject: "false" if it is not meant), and it uses the network of its node (hostNetwork), where nothing can be captured for it alone; remove hostNetwork, or no longer target the workload (HostNetwork)',
    );
  });

  it('leaves the rest alone, and what is labelled so', async () => {
    for (const labels of [{ app: 'job' }, { ...ORDERS, 'portcullis.dev/inject': 'false' }]) {
      expect(await required().inject(podReview(appPod(labels)))).toEqual({ kind: 'allowed', warnings: [] });
      expect(await required().confirm(podReview(appPod(labels)))).toEqual({ kind: 'allowed', warnings: [] });
    }
  });

  it('lets no label bring an open pod behind a Service', async () => {
    const decision = await required().confirm(update(appPod({}), appPod(ORDERS)));
    expect(messageOf(decision)).toContain('(RelabelledOpen)');
    const more = update(appPod(ORDERS), appPod({ ...ORDERS, tier: 'web' }));
    expect(messageOf(await required().confirm(more))).toBe('allowed');
  });

  it('requires them of a pod that a Trial alone targets, too', async () => {
    const objects = [chooser('shop/orders'), bound('shop/orders', { mode: 'Trial' })];
    const { injector } = injectorWorld(objects, true, { 'portcullis.dev/injection': 'required' });
    const made = patched(appPod(ORDERS), await injector.inject(podReview(appPod(ORDERS))));
    expect(sidecars(made)).toContain('portcullis-validator');
    expect(await injector.confirm(podReview(made))).toEqual({ kind: 'allowed', warnings: [] });
    expect(messageOf(await injector.confirm(podReview(appPod(ORDERS))))).toContain('(SidecarsChanged)');
    expect(messageOf(await injector.inject(podReview(appPod(ORDERS, {}, HOST))))).toContain('(HostNetwork)');
  });

  it('lets no Trial bring an open pod behind a Service', async () => {
    const targets = { podSelector: { matchLabels: { tier: 'web' } }, targetRefs: [] };
    const objects = [chooser('shop/orders'), bound('shop/orders', { mode: 'Trial', ...targets })];
    const { injector } = injectorWorld(objects, true, { 'portcullis.dev/injection': 'required' });
    const behind = { ...ORDERS, tier: 'web' };
    for (const before of [{}, { tier: 'web' }]) {
      const decision = await injector.confirm(update(appPod(before), appPod(behind)));
      expect(messageOf(decision)).toContain('(RelabelledOpen)');
    }
  });
});
