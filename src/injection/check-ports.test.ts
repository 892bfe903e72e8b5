import { describe, expect, it } from 'vitest';
import { inject } from './inject.ts';
import { sidecarDifferences } from './present-differences.ts';
import { annotated, container, guarded, pod, request, SETTINGS } from './testing/pods.ts';
import { stored } from './testing/stored.ts';

const HTTP = 'portcullis.dev/validator-http-port';
const GRPC = 'portcullis.dev/validator-grpc-port';
const none = (annotations: Readonly<Record<string, string>>) =>
  pod({}, annotated({ 'portcullis.dev/capture': 'None', ...annotations }));
const args = (value: ReturnType<typeof pod>) => container(value, 'portcullis-validator').args;

describe('with capture None', () => {
  it('the validator is asked on 9001 and 9002, or where annotations say', () => {
    expect(args(guarded(none({})))).toEqual(
      expect.arrayContaining(['--http=127.0.0.1:9001', '--grpc=127.0.0.1:9002']),
    );
    const moved = guarded(none({ [HTTP]: '9101', [GRPC]: '19102' }));
    expect(args(moved)).toEqual(expect.arrayContaining(['--http=127.0.0.1:9101', '--grpc=127.0.0.1:19102']));
    expect(args(guarded(none({ [GRPC]: '9003' })))).toContain('--grpc=127.0.0.1:9003');
  });

  it('what runs is no other for that, whatever the annotations say by then', () => {
    const moved = stored(guarded(none({ [HTTP]: '9101', [GRPC]: '9102' })));
    expect(inject(request(moved)).kind).toBe('unchanged');
    const { metadata } = none({});
    expect(sidecarDifferences({ ...moved, metadata: metadata ?? {} }, SETTINGS)).toEqual([]);
  });

  it.each([
    [{ [HTTP]: 'http' }],
    [{ [HTTP]: '80' }],
    [{ [GRPC]: '65536' }],
    [{ [GRPC]: '15904' }],
    [{ [GRPC]: '09101' }],
    [{ [HTTP]: '9002' }],
    [{ [HTTP]: '9101', [GRPC]: '9101' }],
  ])('%j is refused', (annotations) => {
    expect(inject(request(none(annotations)))).toMatchObject({ refusals: [{ reason: 'AnnotationUnknown' }] });
  });
});
