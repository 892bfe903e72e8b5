/** The users of the sidecars: fixed ones, or on OpenShift those of the namespace's range, and never the app's. */

import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../base/json.ts';
import { objectAt } from '../base/members.ts';
import { inject } from './inject.ts';
import { sidecarDifferences } from './present-differences.ts';
import { sidecarChanges } from './sidecar-changes.ts';
import { FIRST_USER, LAST_USER, RANGE, restrictedV2 } from './testing/openshift.ts';
import {
  captured,
  container,
  guarded,
  pod,
  reasons,
  request,
  SETTINGS,
  specOf,
  web,
} from './testing/pods.ts';
import { stored } from './testing/stored.ts';

const settings = { ...SETTINGS, platform: 'OpenShift' } as const;
const inRange = (range: string) => ({
  settings,
  namespace: { labels: {}, annotations: { 'openshift.io/sa.scc.uid-range': range } },
});
const OPENSHIFT = { settings, namespace: { labels: {}, annotations: RANGE } };
const RANGELESS = { settings };
const NAMED = captured('NamedPort');

function usersOf(value: JsonObject): readonly unknown[] {
  const contexts = ['portcullis-validator', 'portcullis-envoy'].map((name) =>
    objectAt(container(value, name).securityContext),
  );
  return contexts.map(({ runAsUser, runAsGroup }) => [runAsUser, runAsGroup]);
}

describe('the sidecars run', () => {
  const both = (validator: unknown, envoy: unknown) => [
    [validator, validator],
    [envoy, envoy],
  ];

  it('as users of their own on Kubernetes, whatever its namespace says', () => {
    const namespace = OPENSHIFT.namespace;
    expect(usersOf(guarded(pod({}, NAMED), { namespace }))).toEqual(both(64_903, 64_906));
  });

  it.each<[string, unknown, unknown]>([
    ['1000680000/10000', LAST_USER, LAST_USER - 1],
    ['1000680000-1000689999', LAST_USER, LAST_USER - 1],
    ['2000/3', 2002, 2001],
    // Without one for the app.
    ['2000/2', undefined, undefined],
    ['0/2', undefined, undefined],
    ['0-5', undefined, undefined],
    ['2005-2000', undefined, undefined],
    ['2147483640/100', undefined, undefined],
    ['2147483640-2147483647', 2_147_483_647, 2_147_483_646],
    ['', undefined, undefined],
    ['many', undefined, undefined],
    ['1000680000/10000,2000/3', undefined, undefined],
    ['99999999999/3', undefined, undefined],
  ])('as the last two of the range %j', (range, validator, envoy) => {
    expect(usersOf(guarded(pod({}, NAMED), inRange(range)))).toEqual(both(validator, envoy));
  });

  it('as whoever OpenShift says where the range is not known', () => {
    const made = guarded(pod({}, NAMED), RANGELESS);
    expect(usersOf(made)).toEqual(both(undefined, undefined));
    for (const name of ['portcullis-validator', 'portcullis-envoy']) {
      expect(container(made, name).securityContext).toMatchObject({ runAsNonRoot: true });
    }
  });

  it('as users that a user namespace has, where the pod has one', () => {
    expect(usersOf(guarded(pod({ hostUsers: false }, NAMED), OPENSHIFT))).toEqual(both(64_903, 64_906));
    expect(usersOf(guarded(pod({ hostUsers: true }, NAMED), OPENSHIFT))).toEqual(
      both(LAST_USER, LAST_USER - 1),
    );
  });

  it('as root where capture needs it, which OpenShift refuses by itself', () => {
    const { securityContext } = container(guarded(pod(), OPENSHIFT), 'portcullis-capture');
    expect(securityContext).toMatchObject({ runAsUser: 0, capabilities: { add: ['NET_ADMIN'] } });
  });
});

describe('a pod that OpenShift has completed', () => {
  it.each([
    ['with the range', 'NamedPort', OPENSHIFT],
    ['with the range', 'None', OPENSHIFT],
    ['without the range', 'NamedPort', RANGELESS],
    ['without the range', 'None', RANGELESS],
  ])('before and after injection is as injection has left it: %s, capture %s', (_, mode, rest) => {
    const before = restrictedV2(pod({}, captured(mode)));
    const made = guarded(before, rest);
    const completed = stored(restrictedV2(made));
    expect(objectAt(container(completed, 'web').securityContext).runAsUser).toBe(FIRST_USER);
    expect(inject(request(completed, rest)).kind).toBe('unchanged');
    expect(inject(request(completed, { ...rest, isFinal: true })).kind).toBe('unchanged');
    expect(sidecarDifferences(completed, settings)).toEqual([]);
    expect(sidecarChanges(completed, settings)).toEqual({ forged: [], older: [] });
  });

  it('after injection alone is so, too', () => {
    const completed = stored(restrictedV2(guarded(pod({}, NAMED), OPENSHIFT)));
    expect(inject(request(completed, { ...OPENSHIFT, isFinal: true })).kind).toBe('unchanged');
  });

  it('gets users of its own where a pipeline has left them out', () => {
    const rendered = guarded(pod({}, NAMED), RANGELESS);
    const made = guarded(restrictedV2(rendered), OPENSHIFT);
    expect(usersOf(made)).toEqual(usersOf(guarded(pod({}, NAMED), OPENSHIFT)));
  });

  it.each<[string, JsonObject]>([
    ['another user', { runAsUser: 4000 }],
    ['root', { runAsUser: 0 }],
    ['another group', { runAsGroup: 0 }],
    ['a capability', { capabilities: { drop: ['ALL'], add: ['NET_RAW'] } }],
    ['root allowed', { runAsNonRoot: false }],
    ['another profile', { seLinuxOptions: { type: 'spc_t' } }],
  ])('is refused with %s', (_, context) => {
    const made = guarded(pod({}, NAMED), OPENSHIFT);
    const initContainers = [container(made, 'portcullis-validator'), container(made, 'portcullis-envoy')].map(
      (one) => ({ ...one, securityContext: { ...objectAt(one.securityContext), ...context } }),
    );
    const changed = { ...made, spec: { ...specOf(made), initContainers } };
    expect(reasons(stored(changed), { ...OPENSHIFT, isFinal: true })).toEqual(['SidecarsChanged']);
  });

  it('may have any user but root where none was named', () => {
    const made = guarded(pod({}, NAMED), RANGELESS);
    const withUser = (runAsUser: number) => {
      const initContainers = [
        container(made, 'portcullis-validator'),
        container(made, 'portcullis-envoy'),
      ].map((one) => ({ ...one, securityContext: { ...objectAt(one.securityContext), runAsUser } }));
      return stored({ ...made, spec: { ...specOf(made), initContainers } });
    };
    expect(reasons(withUser(FIRST_USER), { ...RANGELESS, isFinal: true })).toEqual([]);
    expect(reasons(withUser(0), { ...RANGELESS, isFinal: true })).toEqual(['SidecarsChanged']);
    // On Kubernetes they have theirs.
    expect(reasons(withUser(FIRST_USER), { isFinal: true })).toEqual(['SidecarsChanged']);
    expect(sidecarDifferences(withUser(FIRST_USER), SETTINGS).map(({ field }) => field)).toContain(
      'securityContext.runAsUser',
    );
  });
});

describe('a pod that shares processes', () => {
  const shared = (context: JsonObject = {}): JsonObject => {
    const securityContext = { capabilities: { drop: ['ALL'] }, ...context };
    return pod({ shareProcessNamespace: true, containers: [web({ securityContext })] }, NAMED);
  };

  it('is let in where its containers cannot become the validator, whose user is known', () => {
    expect(reasons(restrictedV2(shared()), OPENSHIFT)).toEqual([]);
    expect(reasons(shared(), OPENSHIFT)).toEqual([]);
    expect(reasons(shared({ runAsUser: LAST_USER }), OPENSHIFT)).toEqual(['ProcessesShared']);
    expect(reasons(shared({ runAsUser: 64_903 }), OPENSHIFT)).toEqual([]);
  });

  it('is refused where the validator runs as whoever OpenShift says, which is the app', () => {
    expect(reasons(restrictedV2(shared()), RANGELESS)).toEqual(['ProcessesShared']);
    expect(reasons(shared({ runAsUser: 4000 }), RANGELESS)).toEqual(['ProcessesShared']);
    expect(JSON.stringify(inject(request(shared(), RANGELESS)))).toContain(
      'container web, which may have the same user: the annotation openshift.io/sa.scc.uid-range',
    );
    const { shareProcessNamespace: _, ...apart } = specOf(shared());
    expect(reasons(pod(apart, NAMED), RANGELESS)).toEqual([]);
  });

  it('is no guarded one where it runs so', () => {
    const running = (rest: Parameters<typeof guarded>[1], spec: JsonObject) => {
      const made = stored(restrictedV2(guarded(pod({}, NAMED), rest)));
      return { ...made, spec: { ...specOf(made), ...spec } };
    };
    const share = { shareProcessNamespace: true };
    const found = [{ where: 'container web', field: 'shares processes' }];
    expect(sidecarChanges(running(OPENSHIFT, share), settings).forged).toEqual([]);
    expect(sidecarChanges(running(RANGELESS, share), settings).forged).toEqual(found);
    expect(sidecarChanges(running(RANGELESS, {}), settings).forged).toEqual([]);
  });
});
