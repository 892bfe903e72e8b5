import { describe, expect, it } from 'vitest';
import { appPod, bound, chooser, podReview } from '../testing/injection.ts';
import { HOST, injectorWorld, ORDERS, patched, sidecars } from '../testing/injector.ts';

describe('a pod that a Trial alone targets', () => {
  const tried = [chooser('shop/orders'), bound('shop/orders', { mode: 'Trial' })];

  it('gets sidecars', async () => {
    const { injector, results } = injectorWorld(tried);
    const made = patched(appPod(ORDERS), await injector.inject(podReview(appPod(ORDERS))));
    expect(sidecars(made)).toContain('portcullis-validator');
    expect(await injector.confirm(podReview(made))).toEqual({ kind: 'allowed', warnings: [] });
    expect(results().map(([result]) => result)).toEqual(['injected', 'confirmed']);
  });

  it('goes without them where it cannot have any, which another binding would not let pass', async () => {
    const host = podReview(appPod(ORDERS, {}, HOST));
    const { injector } = injectorWorld(tried);
    expect(await injector.inject(host)).toEqual({ kind: 'allowed', warnings: [] });
    expect(await injector.confirm(host)).toEqual({ kind: 'allowed', warnings: [] });
    expect((await injectorWorld().injector.inject(host)).kind).toBe('refused');
  });

  it('may have come to be so by its labels', async () => {
    const before = appPod({ app: 'other' });
    const update = podReview(appPod(ORDERS), { operation: 'UPDATE', oldObject: before });
    expect((await injectorWorld(tried).injector.confirm(update)).kind).toBe('allowed');
    expect((await injectorWorld().injector.confirm(update)).kind).toBe('refused');
  });
});
