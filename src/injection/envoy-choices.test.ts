import { describe, expect, it } from 'vitest';
import { objectAt } from '../base/members.ts';
import { inject } from './inject.ts';
import { sidecarDifferences } from './present-differences.ts';
import { annotated, guarded, pod, request, SETTINGS, variable } from './testing/pods.ts';
import { stored } from './testing/stored.ts';

const chosen = (word: string) => pod({}, annotated({ 'portcullis.dev/underscore-headers': word }));
const settings = (value: ReturnType<typeof pod>) => objectAt(variable(value, 'PORTCULLIS_ENVOY_SETTINGS'));

describe('portcullis.dev/underscore-headers', () => {
  it('reaches Envoy by way of the validator; the default needs no word', () => {
    expect(settings(guarded(chosen('Allow'))).underscoreHeaders).toBe('Allow');
    expect(settings(guarded(chosen('Reject'))).underscoreHeaders).toBe('Reject');
    expect(guarded(chosen('Drop'))).toEqual({
      ...guarded(pod()),
      metadata: { ...objectAt(guarded(chosen('Drop')).metadata) },
    });
  });

  it('is read from what runs, whatever the annotation says by then', () => {
    const running = stored(guarded(chosen('Allow')));
    expect(sidecarDifferences(running, SETTINGS)).toEqual([]);
    const edited = {
      ...running,
      metadata: { ...objectAt(running.metadata), ...annotated({ 'portcullis.dev/underscore-headers': 'x' }) },
    };
    expect(sidecarDifferences(edited, SETTINGS)).toEqual([]);
  });

  it('is refused with the words that it can say', () => {
    expect(inject(request(chosen('allow')))).toMatchObject({
      refusals: [
        {
          reason: 'AnnotationUnknown',
          message:
            'an annotation says what cannot be chosen: portcullis.dev/underscore-headers: "allow" is none of Drop, Reject, Allow',
        },
      ],
    });
  });
});

describe('portcullis.dev/forwarded-for', () => {
  const forwarded = (word: string) => pod({}, annotated({ 'portcullis.dev/forwarded-for': word }));

  it('reaches Envoy by way of the validator, and is read from what runs', () => {
    expect(settings(guarded(forwarded('Keep'))).forwardedFor).toBe('Keep');
    expect(settings(guarded(forwarded('Append')))).toEqual(settings(guarded(pod())));
    expect(sidecarDifferences(stored(guarded(forwarded('Keep'))), SETTINGS)).toEqual([]);
  });

  it('is refused with the words that it can say', () => {
    expect(inject(request(forwarded('Drop')))).toMatchObject({
      refusals: [{ message: expect.stringContaining('"Drop" is none of Append, Keep') }],
    });
  });
});
