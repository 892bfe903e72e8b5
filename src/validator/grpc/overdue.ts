/** Ends calls that are not over in time: the caller does not send the rest, or does not read the answer. */

import { constants, type ServerHttp2Stream } from 'node:http2';
import type { Clock } from '../../base/clock.ts';

/** Milliseconds for a call, from its headers to the end of its answer. */
export const CALL_TIMEOUT = 30_000;
/** Milliseconds between two looks. */
const INTERVAL = 5000;

type Stream = Pick<ServerHttp2Stream, 'close'>;

export interface Overdue {
  start(): void;
  add(stream: Stream): void;
  delete(stream: Stream): void;
  stop(): void;
}

export function createOverdue(clock: Clock): Overdue {
  /** When each began, the oldest first. */
  const open = new Map<Stream, number>();
  const look = (): void => {
    const before = clock.monotonic() - CALL_TIMEOUT;
    for (const [stream, begun] of open) {
      if (begun > before) break;
      open.delete(stream);
      stream.close(constants.NGHTTP2_CANCEL);
    }
    cancel = clock.after(INTERVAL, look);
  };
  let cancel = (): void => {};
  return {
    start() {
      cancel = clock.after(INTERVAL, look);
    },
    add: (stream) => void open.set(stream, clock.monotonic()),
    delete: (stream) => void open.delete(stream),
    stop: () => cancel(),
  };
}
