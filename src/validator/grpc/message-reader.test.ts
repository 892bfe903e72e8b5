import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_HELD_BYTES, MAX_MESSAGE_BYTES, MessageReader, Room } from './message-reader.ts';
import { brokenMessage, type CallError, notOneMessage, unknownCompression } from './status.ts';

function framed(message: Uint8Array, flag = 0): Buffer {
  const prefix = Buffer.from([flag, 0, 0, 0, 0]);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

/** What comes of pieces: the message, or what is wrong. */
function read(pieces: readonly Buffer[], encoding?: string, room = new Room()): Buffer | CallError {
  const reader = new MessageReader(room, encoding);
  for (const piece of pieces) {
    const problem = reader.add(piece);
    if (problem !== undefined) return problem;
  }
  return reader.finish();
}

/** The same bytes, cut at these places. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const ends = [...places.map((place) => place % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  return ends.map((end, i) => bytes.subarray(i === 0 ? 0 : ends[i - 1], end));
}

it('however a message is cut, it is the same message', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 5000 }),
      fc.array(fc.nat(), { maxLength: 40 }),
      (message, places) => {
        expect(read(cut(framed(message), places))).toEqual(Buffer.from(message));
      },
    ),
  );
});

it('however anything else is cut, it is no message', () => {
  const wrong: readonly (readonly [Buffer, CallError])[] = [
    [Buffer.alloc(0), notOneMessage],
    [Buffer.concat([framed(Buffer.from('a')), framed(Buffer.from('b'))]), notOneMessage],
    [Buffer.concat([framed(Buffer.from('a')), Buffer.from([0])]), notOneMessage],
    [framed(Buffer.from('abc')).subarray(0, 7), brokenMessage],
    [Buffer.from([0, 0]), brokenMessage],
    [framed(Buffer.from('a'), 1), brokenMessage],
    [framed(Buffer.from('a'), 2), brokenMessage],
  ];
  fc.assert(
    fc.property(
      fc.constantFrom(...wrong),
      fc.array(fc.nat(), { maxLength: 10 }),
      ([bytes, error], places) => {
        expect(read(cut(bytes, places))).toBe(error);
      },
    ),
  );
});

it('a compression is refused by its name, and one that nobody named is a broken message', () => {
  const compressed = [framed(Buffer.from('abc'), 1)];
  expect(read(compressed, 'gzip')).toBe(unknownCompression);
  expect(read(compressed, 'identity')).toBe(brokenMessage);
  expect(read([framed(Buffer.from('abc'))], 'gzip')).toEqual(Buffer.from('abc'));
});

describe('bounds', () => {
  it('a message that says that it is too large is refused before it has come', () => {
    const announcing = (bytes: number) => {
      const prefix = Buffer.alloc(5);
      prefix.writeUInt32BE(bytes, 1);
      return prefix;
    };
    const reader = new MessageReader(new Room(), undefined);
    expect(reader.add(announcing(MAX_MESSAGE_BYTES))).toBeUndefined();
    expect(new MessageReader(new Room(), undefined).add(announcing(MAX_MESSAGE_BYTES + 1))).toMatchObject({
      code: 8,
      message: expect.stringContaining('larger than max'),
    });
  });

  it('messages in pieces share their room, and give it back', () => {
    const room = new Room();
    const half = framed(Buffer.alloc(MAX_MESSAGE_BYTES)).subarray(0, MAX_MESSAGE_BYTES / 2);
    const begin = (): readonly [MessageReader, CallError | undefined] => {
      const reader = new MessageReader(room, undefined);
      return [reader, reader.add(half.subarray(0, 5)) ?? reader.add(half.subarray(5))];
    };
    const readers: MessageReader[] = [];
    for (let i = 0; i < MAX_HELD_BYTES / MAX_MESSAGE_BYTES; i++) {
      const [reader, problem] = begin();
      expect(problem).toBeUndefined();
      readers.push(reader);
    }
    expect(begin()[1]).toMatchObject({ code: 8 });
    // Of one piece, none is needed.
    expect(read([framed(Buffer.from('a'))], undefined, room)).toEqual(Buffer.from('a'));
    for (const reader of readers) {
      reader.release();
      reader.release();
    }
    expect(room.take(MAX_HELD_BYTES)).toBe(true);
    expect(room.take(1)).toBe(false);
  });

  it('pieces of one byte hold little more than their bytes', () => {
    const room = new Room();
    const reader = new MessageReader(room, undefined);
    for (const byte of framed(Buffer.alloc(10_000))) expect(reader.add(Buffer.from([byte]))).toBeUndefined();
    expect(room.take(MAX_HELD_BYTES - 32 * 1024)).toBe(true);
  });
});
