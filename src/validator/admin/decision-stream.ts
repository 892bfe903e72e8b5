/** `GET /decisions`: decisions as they are made, as server-sent events (HTML Living Standard, section 9.2). */

import type { ServerResponse } from 'node:http';
import { type Endpoint, sendPage, textPage } from '../../process/pages.ts';
import { type LiveSink, MAX_LISTENERS } from '../../report/listeners.ts';
import { LIVE_FIELDS, type LiveDecisions } from '../../report/live.ts';
import { readQuery } from './query.ts';

/** Bytes that may wait for a listener: what a listener gets in a second, of usual length. */
const MOST_WAITING = 512 * 1024;
/** Milliseconds after which a browser that lost the stream asks again. */
const RETRY = 3000;

export const decisionStream = (live: Pick<LiveDecisions, 'listen'>): Endpoint => ({
  method: 'GET',
  answer(_, response, query) {
    const read = readQuery(query, [...LIVE_FIELDS, 'explain']);
    if (read.kind === 'refused') {
      sendPage(response, textPage(400, read.problem));
      return;
    }
    const { binding = [], outcome = [], reason = [], rule = [], user = [], explain = [] } = read.fields;
    if (explain.some((word) => word !== 'true') || explain.length > 1) {
      sendPage(response, textPage(400, 'explain may be true, or be left out'));
      return;
    }
    const sink = sinkOf(response);
    const stop = live.listen({ binding, outcome, reason, rule, user }, sink, explain.length > 0);
    if (stop === undefined) {
      sendPage(response, textPage(503, `${MAX_LISTENERS} listen already, which is as many as may`));
      return;
    }
    response.once('close', stop);
    sink.open();
  },
});

function sinkOf(response: ServerResponse): LiveSink & { open(): void } {
  /** Until the head is written, nothing else is. */
  let isOpen = false;
  return {
    open() {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      response.write(`retry: ${RETRY}\n\n`);
      isOpen = true;
    },
    isReady: () => isOpen && response.writableLength < MOST_WAITING,
    write: (text) => void response.write(text),
    end: () => void response.end(),
  };
}
