/** A question that is asked by POST, as JSON: read whole, and bounded. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { readBytes } from '../../base/bytes.ts';
import { type Endpoint, type Page, sendPage, textPage } from '../../process/pages.ts';
import { refuseUnread } from './limited-endpoint.ts';

/** Bytes of a question. Longer tokens than a quarter of it are refused unread, as they are in a request. */
const MOST_BODY = 64 * 1024;

/** @param page must not reject. */
export function questionEndpoint(page: (body: string, query: string) => Promise<Page>): Endpoint {
  const answer = async (request: IncomingMessage, response: ServerResponse, query: string): Promise<void> => {
    const body = await readBytes(request, MOST_BODY);
    if (body === undefined)
      refuseUnread(response, textPage(413, `a question has at most ${MOST_BODY} bytes`));
    else sendPage(response, await page(Buffer.from(body).toString('utf8'), query));
  };
  return {
    method: 'POST',
    answer(request, response, query) {
      const [type = ''] = (request.headers['content-type'] ?? '').split(';', 1);
      // Other types may be sent by pages of any origin without asking first.
      if (type.trim().toLowerCase() !== 'application/json') {
        refuseUnread(response, textPage(415, 'a question is application/json'));
        return;
      }
      answer(request, response, query).catch(() => response.destroy());
    },
  };
}
