/** docs/reference/labels.md against the code: every name, and what the sidecars ask for by default. */

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { JsonObject } from '../src/base/json.ts';
import { objectAt } from '../src/base/members.ts';
import * as layout from '../src/injection/layout.ts';
import type { InjectionRefusal } from '../src/injection/refusals.ts';
import { sidecarResources } from '../src/injection/resources.ts';
import { FORCE_DELETE } from '../src/operator/admission/deletion.ts';

const page = readFileSync(new URL('../docs/reference/labels.md', import.meta.url), 'utf8');

it('the page has every label and annotation', () => {
  const names = Object.entries(layout).filter(([name]) => /_(?:LABEL|ANNOTATION)$/.test(name));
  expect(names.length).toBeGreaterThan(5);
  for (const name of [...names.map(([, value]) => value), FORCE_DELETE])
    expect(page).toContain(`\`${name}\``);
});

it.each(['capture', 'validator', 'envoy'] as const)('the page has the defaults of %s', (sidecar) => {
  const refusals: InjectionRefusal[] = [];
  const { requests, limits } = bounds(sidecarResources({}, refusals)[sidecar]);
  const [cpu, memory] = ['cpu', 'memory'].map((resource) =>
    page.split('\n').find((line) => line.includes(`portcullis.dev/${sidecar}-${resource}-request`)),
  );
  expect(cpu).toContain(`\`${requests.cpu}\` and \`${limits.cpu}\``);
  expect(memory).toContain(`\`${requests.memory}\` and \`${limits.memory}\``);
});

it('the page has what capture asks for', () => {
  const { requests } = bounds(sidecarResources({}, []).capture);
  expect(page).toContain(`asks for \`${requests.cpu}\` of CPU and \`${requests.memory}\``);
});

const bounds = ({ requests, limits }: JsonObject) => ({
  requests: objectAt(requests),
  limits: objectAt(limits),
});
