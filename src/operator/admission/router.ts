/** One kind of admission over HTTP, at the path that a webhook configuration names. Serve it over https. */

import { type ErrorRequestHandler, json, type Request, type Response, Router } from 'express';
import { type AdmissionDecision, refuse } from './decision.ts';
import { type AdmissionRequest, answerReview, parseReview } from './review.ts';

/** An object may have 1.5 MiB, and an update comes with two. */
export const MAX_BODY = 3 * 1024 * 1024;

export interface AdmissionOptions {
  readonly path: string;
  readonly judge: (request: AdmissionRequest) => Promise<AdmissionDecision>;
  /** A bug, for the log: the answer says nothing of it. */
  readonly onError: (error: unknown) => void;
}

export function admissionRouter(options: AdmissionOptions): Router {
  const router = Router();
  router
    .route(options.path)
    .post(json({ limit: MAX_BODY, inflate: false }), async (request, response) => {
      if (request.is('application/json') === false) {
        say(response, 415, 'content-type must be application/json');
        return;
      }
      const parsed = parseReview(request.body);
      if (parsed.kind === 'malformed') say(response, 400, `malformed AdmissionReview: ${parsed.problem}`);
      else response.json(answerReview(parsed.request.uid, await decideSafely(parsed.request, options)));
    })
    .all((_request, response) => {
      response.set('allow', 'POST');
      say(response, 405, 'send an AdmissionReview by POST');
    });
  router.use(badBody(options.path));
  return router;
}

async function decideSafely(request: AdmissionRequest, { judge, onError }: AdmissionOptions) {
  try {
    return await judge(request);
  } catch (error) {
    onError(error);
    return refuse(
      'InternalError',
      'Portcullis could not judge this object, which is a mistake of its own; the log of its operator says more',
    );
  }
}

function say(response: Response, status: number, line: string): void {
  response.status(status).type('text/plain').send(`${line}\n`);
}

/** What the parser of bodies refuses: no JSON, too large, compressed. Its own words may quote the body. */
const badBody =
  (path: string): ErrorRequestHandler =>
  (error: unknown, request: Request, response, next) => {
    const status = statusOf(error);
    if (request.path !== path || response.headersSent || status === undefined) next(error);
    else say(response, status, TEXTS[status] ?? 'the body cannot be read');
  };

const TEXTS: Readonly<Record<number, string>> = {
  400: 'malformed AdmissionReview: the body must be JSON',
  413: `an AdmissionReview of more than ${MAX_BODY} bytes is not read`,
  415: 'content-type must be application/json in UTF-8, and the body not compressed',
};

/** Undefined for what is no fault of the client. */
function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('status' in error)) return undefined;
  const { status } = error;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : undefined;
}
