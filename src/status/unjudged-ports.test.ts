/** Ports by which no validator could judge anything: what Guarded says of them. */

import { beforeEach, describe, expect, it } from 'vitest';
import { binding, change, pod, raw, service, source } from '../cluster/testing/objects.ts';
import { createPolicies, type Policies } from '../planning/policies.ts';
import { gatherBindingFacts } from './binding-facts.ts';
import { shownBinding } from './testing/status.ts';

let policies: Policies;
beforeEach(() => {
  policies = createPolicies({ allowInsecureHttp: false });
  const labels = { 'portcullis.dev/injection': 'enabled' };
  policies.apply([
    source('shop/okta'),
    change('Namespace', 'shop', raw('shop', {}, { labels })),
    binding('shop/orders'),
  ]);
});

function shown() {
  const found = gatherBindingFacts('shop/orders', policies, {
    reportOf: (id) => ({ version: policies.podPolicy(id)?.version, rejected: undefined }),
    unmounted: () => undefined,
    gatewayPods: () => [],
    wasAsked: () => undefined,
    sourceProblem: () => undefined,
    restarts: () => [],
    wouldDeny: () => undefined,
    nodesKnown: false,
    version: '1.0.0',
    now: 100,
  });
  if (found === undefined) throw new Error('no binding');
  return shownBinding(found);
}

describe('UDP and SCTP ports', () => {
  const ports = [
    { containerPort: 8080, name: 'http' },
    { containerPort: 8080, name: 'h3', protocol: 'UDP' },
    { containerPort: 53, protocol: 'UDP' },
    { containerPort: 3868, name: 'diameter', protocol: 'SCTP' },
  ];
  const put = (annotations: Readonly<Record<string, string>> = {}) => {
    const spec = { containers: [{ name: 'app', ports }] };
    const http = { name: 'http', port: 80, targetPort: 'http' };
    const dns = { name: 'dns', port: 5353, protocol: 'UDP', targetPort: 5300 };
    policies.apply([
      service('shop/orders', 'orders', [http, dns, { ...dns, name: 'h3', targetPort: 'h3' }]),
      pod('shop/o-1', { labels: { app: 'orders' }, annotations, spec }),
    ]);
  };

  it('are listed, and those dropped that have the number of a guarded one', () => {
    put();
    expect(shown().messages.Guarded).toBe(
      'Every pod of Service shop/orders (1) is guarded. Other ports pass untouched: 3868/SCTP (diameter), 53/UDP, 5300/UDP (dns). Dropped, for no validator could judge it: 8080/UDP (h3).',
    );
  });

  it('are all open where nothing drops them', () => {
    put({ 'portcullis.dev/capture': 'NamedPort' });
    policies.apply([
      change('NetworkPolicy', 'shop/p', raw('shop/p', { spec: { podSelector: {}, ingress: [] } })),
    ]);
    expect(shown().messages.Guarded).toContain('53/UDP, 5300/UDP (dns), 8080/UDP (h3).');
  });
});
