import { describe, expect, it } from 'vitest';
import { inject } from './inject.ts';
import { ADMISSION_REFUSALS, REFUSALS } from './refusals.ts';
import { pod, reasons, request, web } from './testing/pods.ts';
import { REFUSAL_CASES } from './testing/refusal-cases.ts';

describe.each(Object.entries(REFUSAL_CASES))('%s', (reason, cases) => {
  it.each(cases)('is the reason, and only where it holds (%#)', ({ bad, badRest, good, goodRest }) => {
    expect(reasons(bad, badRest)).toEqual([reason]);
    expect(inject(request(good, goodRest)).kind).toBe('guarded');
  });
});

it('tells every reason at once, each with what to do', () => {
  const injection = inject(request(pod({ hostNetwork: true, containers: [web(), { name: 'istio-proxy' }] })));
  expect(injection).toEqual({
    kind: 'refused',
    refusals: [
      { reason: 'HostNetwork', message: REFUSALS.HostNetwork.sentence, remedy: REFUSALS.HostNetwork.remedy },
      {
        reason: 'IstioSidecar',
        message: REFUSALS.IstioSidecar.sentence,
        remedy: REFUSALS.IstioSidecar.remedy,
      },
    ],
  });
});

it('names what is in the way', () => {
  const injection = inject(request(pod({ containers: [web(), { name: 'portcullis-envoy' }] })));
  expect(injection).toMatchObject({
    refusals: [{ message: 'it uses a name that belongs to the sidecars: container portcullis-envoy' }],
  });
});

it('has words that go on after a name: no capital, no full stop', () => {
  for (const { sentence, remedy } of Object.values({ ...REFUSALS, ...ADMISSION_REFUSALS })) {
    expect(sentence).toMatch(/^(?:[a-z]|Istio|Linkerd).*[^.]$/);
    expect(remedy).toMatch(/^[a-z].*[^.]$/);
  }
});
