import fc from 'fast-check';
import { expect, it } from 'vitest';
import { eventReader } from './event-stream.ts';

const STREAM =
  'retry: 3000\n\n:\n\nevent: decision\ndata: {"a":1}\n\nevent: left-out\ndata: {}\n\n: and\n\nevent: empty\n\n';
const EVENTS = [
  { name: 'decision', data: '{"a":1}' },
  { name: 'left-out', data: '{}' },
];

it('reads events, and passes over comments', () => {
  expect(eventReader()(STREAM)).toEqual(EVENTS);
});

it('however the text is cut', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(STREAM.length)), (cuts) => {
      const read = eventReader();
      const places = [0, ...cuts.sort((one, other) => one - other), STREAM.length];
      const parts = places.slice(1).map((end, i) => STREAM.slice(places[i], end));
      expect(parts.flatMap((part) => read(part))).toEqual(EVENTS);
    }),
  );
});

it('passes over an event that is too long, keeps none of it, and reads on', () => {
  const read = eventReader();
  const found = [...Array(100).keys()].flatMap(() => read(`data: ${'x'.repeat(10_000)}`));
  expect(found).toEqual([]);
  expect(read('y\n')).toEqual([]);
  expect(read('\nevent: decision\ndata: {"a":1}\n\n')).toEqual(EVENTS.slice(0, 1));
});
