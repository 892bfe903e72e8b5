/** `POST /explain`: what becomes of a request by the policy in force, and every step to it. Keeps and logs nothing of it. */

import { parseForeignObject } from '../../base/foreign-json.ts';
import { shownJson } from '../../base/text.ts';
import type { CheckRequest } from '../../decision/decision.ts';
import type { Enforcer } from '../../decision/enforcer.ts';
import { explanationOf } from '../../explain/explanation.ts';
import { judgeWithTrace, tokenPlace } from '../../explain/judgement.ts';
import { type HeaderLine, parseHeader, parseRequestLine, toCheck, withToken } from '../../explain/request.ts';
import { isObject, Misshapen, object, type Shape, text } from '../../policy/shape.ts';
import { type Endpoint, type Page, textPage } from '../../process/pages.ts';
import { questionEndpoint } from './question.ts';

export interface ExplainParts {
  /** The policy in force; undefined = none yet. */
  readonly enforcer: () => Enforcer | undefined;
  /** Unix seconds. */
  readonly seconds: () => number;
}

export const explainEndpoint = (parts: ExplainParts): Endpoint =>
  questionEndpoint((body) => explained(parts, body));

async function explained({ enforcer, seconds }: ExplainParts, body: string): Promise<Page> {
  const asked = readQuestion(body);
  if (asked.kind === 'refused') return textPage(400, asked.problem);
  const { request, token } = asked;
  const inForce = enforcer();
  const judged = await judgeWithTrace(
    inForce,
    token === undefined ? request : withToken(request, token, tokenPlace(inForce, request)),
    seconds(),
    // Keys are fetched for requests, and never for a question.
    () => Promise.resolve(undefined),
  );
  return {
    status: 200,
    type: 'application/json',
    body: `${shownJson(explanationOf(judged))}\n`,
  };
}

/** Each line by itself: of a header that is there more than once, the values are a list. */
const headers: Shape<readonly HeaderLine[]> = (value, at) => {
  if (!isObject(value)) throw new Misshapen(`${at} must be an object`);
  return Object.entries(value).flatMap(([name, values]) =>
    (Array.isArray(values) ? values : [values]).map((one) => [name, text(one, at)] as const),
  );
};

const question = object({ method: text, url: text }, { headers, token: text });

type Question =
  | { readonly kind: 'asked'; readonly request: CheckRequest; readonly token: string | undefined }
  /** Quotes nothing of it. */
  | { readonly kind: 'refused'; readonly problem: string };

const refused = (problem: string): Question => ({ kind: 'refused', problem });

function readQuestion(body: string): Question {
  try {
    const asked = question(parseForeignObject(body)?.value, 'the question');
    if (/\s/.test(asked.method)) return refused('method is one word, such as GET');
    const line = parseRequestLine(`${asked.method} ${asked.url}`);
    if (line.kind === 'refused') return refused('url begins with https://, http:// or /, and names a host');
    const lines: HeaderLine[] = [];
    for (const [name, value] of asked.headers ?? []) {
      const header = parseHeader(`${name}: ${value}`);
      if (header.kind === 'refused' || header.value[0] !== name.toLowerCase()) {
        return refused('headers has a name or a value that no request can carry');
      }
      lines.push(header.value);
    }
    const request = toCheck(line.value, lines);
    if (request.host === '')
      return refused('url names no host: write the whole URL, or give the header host');
    return { kind: 'asked', request, token: asked.token };
  } catch (error) {
    if (!(error instanceof Misshapen)) throw error;
    return refused(
      `${error.message}; it is {"method": "GET", "url": "https://host/path", "headers": {}, "token": ""}`,
    );
  }
}
