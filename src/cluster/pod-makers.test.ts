import { expect, it } from 'vitest';
import type { JsonObject } from '../base/json.ts';
import type { OtherWorkloadKind } from './objects.ts';
import { createSharing } from './sharing.ts';
import { raw } from './testing/objects.ts';
import { readPodMaker, readWorkload } from './workloads.ts';

const complete = { conditions: [{ type: 'Complete', status: 'True' }] };

function counted(
  kind: OtherWorkloadKind | 'StatefulSet' | 'DaemonSet',
  spec: JsonObject,
  status: JsonObject,
) {
  const object = raw('shop/a', { spec, status });
  const found =
    kind === 'StatefulSet' || kind === 'DaemonSet'
      ? readWorkload(kind, object, createSharing())
      : readPodMaker(kind, object, createSharing());
  return [found?.present, found?.isShort];
}

it.each<[Parameters<typeof counted>[0], JsonObject, JsonObject, readonly [number, boolean]]>([
  ['StatefulSet', {}, {}, [0, true]],
  ['StatefulSet', { replicas: 0 }, {}, [0, false]],
  ['StatefulSet', { replicas: 3 }, { replicas: 2 }, [2, true]],
  ['StatefulSet', { replicas: 3 }, { replicas: 3 }, [3, false]],
  ['DaemonSet', {}, { desiredNumberScheduled: 3, currentNumberScheduled: 2 }, [2, true]],
  ['DaemonSet', {}, { desiredNumberScheduled: 3, currentNumberScheduled: 3 }, [3, false]],
  ['ReplicaSet', { replicas: 2 }, { replicas: 1 }, [1, true]],
  ['ReplicationController', { replicas: 2 }, { replicas: 2 }, [2, false]],
  ['Job', {}, {}, [0, true]],
  ['Job', { suspend: true }, {}, [0, false]],
  ['Job', { parallelism: 2 }, { active: 1 }, [1, true]],
  ['Job', { parallelism: 2 }, { active: 2, failed: 1 }, [3, false]],
  ['Job', { parallelism: 3, completions: 4 }, { active: 1, succeeded: 3 }, [4, false]],
  ['Job', { parallelism: 3, completions: 4 }, { active: 1, succeeded: 2 }, [3, true]],
  ['Job', { parallelism: 1, completions: 1 }, { ...complete, succeeded: 1 }, [1, false]],
  ['Job', { parallelism: 2 }, { ...complete, succeeded: 1 }, [1, false]],
])('a %s of %j with %j has the pods %j', (kind, spec, status, [present, isShort]) => {
  expect(counted(kind, spec, status)).toEqual([present, isShort]);
});

it('a ReplicaSet says in a condition that its pods are refused', () => {
  const failing = { type: 'ReplicaFailure', status: 'True', message: 'exceeded quota' };
  const read = (status: string) =>
    readPodMaker(
      'ReplicaSet',
      raw('shop/a', {
        spec: { template: { metadata: { labels: { app: 'a' } } } },
        status: { conditions: [{ ...failing, status }] },
      }),
      createSharing(),
    );
  expect(read('True')).toMatchObject({ refusal: 'exceeded quota', templateLabels: { app: 'a' } });
  expect(read('False')?.refusal).toBeUndefined();
});
