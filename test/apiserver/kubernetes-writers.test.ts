/** What we write beside objects, on a real API server: Events and status. */

import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { createRecorder, type EventInput } from '../../src/kubernetes/events.ts';
import type { KubernetesObject, ObjectName } from '../../src/kubernetes/object.ts';
import { createStatusWriter } from '../../src/kubernetes/status.ts';
import { good } from '../../src/kubernetes/testing/outcomes.ts';
import { RESOURCES } from '../../src/operator/resources.ts';
import { manifestOf } from './cases.ts';
import { type Connected, connectTo } from './connect.ts';
import { COMPLETE_BINDING } from './contract-examples.ts';
import { type ApiServer, startApiServer } from './harness.ts';

const SOON = { timeout: 30_000 };
const NAME = { namespace: 'default', name: 'example' };

let server: ApiServer;
let connected: Connected;
let binding: KubernetesObject;

beforeAll(async () => {
  server = await startApiServer();
  connected = connectTo(server.kubeconfig);
  const crds = fileURLToPath(new URL('../../crds', import.meta.url));
  await server.kubectl(['apply', '--server-side', '-f', crds]);
  await server.kubectl(['wait', '--for=condition=Established', '--timeout=60s', '-f', crds]);
  const manifest = JSON.stringify(manifestOf('ApiBinding', COMPLETE_BINDING));
  const apply = async () =>
    expect(await server.kubectl(['apply', '-f', '-'], manifest)).toMatchObject({ code: 0 });
  await vi.waitFor(apply, { timeout: 60_000 });
  binding = good(await connected.client.get(RESOURCES.ApiBinding, NAME));
});

afterAll(async () => {
  await connected?.close();
  await server?.stop();
});

describe('Events', () => {
  it('are stored, counted as a series, and shown by kubectl', async () => {
    let names = 0;
    const recorder = createRecorder({
      client: connected.client,
      clock: systemClock,
      randomName: () => `x${++names}`,
      controller: 'portcullis.dev/operator',
      instance: 'pod-1',
      limits: { windowSeconds: 0 },
    });
    const { uid } = binding.metadata;
    const event: EventInput = {
      regarding: { apiVersion: 'portcullis.dev/v1alpha1', kind: 'ApiBinding', ...NAME, uid },
      type: 'Warning',
      reason: 'Conflicted',
      action: 'Accept',
      note: 'é'.repeat(1000),
    };
    const stored = async () =>
      good(await connected.client.list(RESOURCES.Event, { fieldSelector: 'reason=Conflicted' })).items;
    recorder.record(event);
    await expect.poll(stored, SOON).toMatchObject([{ regarding: { uid }, reportingInstance: 'pod-1' }]);
    recorder.record(event);
    await expect.poll(stored, SOON).toMatchObject([{ series: { count: 2 } }]);
    expect(await server.kubectl(['events', '--for=apibinding/example'])).toMatchObject({
      stdout: expect.stringMatching(/Warning\s+Conflicted\s+ApiBinding\/example/),
    });
  });
});

describe('status', () => {
  const condition = (type: string, status: string) => ({
    type,
    status,
    reason: 'Tested',
    message: 'x',
    lastTransitionTime: '2026-11-23T12:00:00Z',
  });

  it('is applied where it differs, takes back what it no longer says, and never reaches another object', async () => {
    const problems: string[] = [];
    const apply = vi.spyOn(connected.client, 'apply');
    const writer = createStatusWriter({
      client: connected.client,
      clock: systemClock,
      random: Math.random,
      resource: RESOURCES.ApiBinding,
      intervalMilliseconds: 100,
      concurrency: 4,
      mayWrite: () => true,
      onProblem: (_, error) => problems.push(error?.kind ?? 'bug'),
    });
    const settled = (name: ObjectName) => expect.poll(() => writer.isPending(name), SOON).toBe(false);
    const want = async (...conditions: readonly ReturnType<typeof condition>[]) => {
      const { metadata, status } = good(await connected.client.get(RESOURCES.ApiBinding, NAME));
      const { uid, resourceVersion } = metadata;
      writer.want({ ...NAME, uid, resourceVersion, status }, { observedGeneration: 1, conditions });
      await settled(NAME);
      return good(await connected.client.get(RESOURCES.ApiBinding, NAME)).status;
    };
    expect(await want(condition('Ready', 'False'), condition('Stalled', 'True'))).toMatchObject({
      conditions: [{ type: 'Ready', status: 'False' }, { type: 'Stalled' }],
    });
    expect(await want(condition('Ready', 'True'))).toEqual({
      observedGeneration: 1,
      conditions: [condition('Ready', 'True')],
    });
    await want(condition('Ready', 'True'));
    expect(apply).toHaveBeenCalledTimes(2);

    const { resourceVersion } = binding.metadata;
    writer.want({ ...NAME, uid: 'another', resourceVersion, status: {} }, { observedGeneration: 9 });
    await settled(NAME);
    const gone = { ...NAME, name: 'gone' };
    writer.want({ ...gone, uid: 'x', resourceVersion, status: {} }, { observedGeneration: 9 });
    await settled(gone);
    expect(problems).toEqual(['Conflict', 'NotFound']);
    expect(good(await connected.client.get(RESOURCES.ApiBinding, NAME)).status).toMatchObject({
      observedGeneration: 1,
    });
    await writer.stop();
  });
});
