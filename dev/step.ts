/** One step of the tour: a request sent, shown with its answer, and judged. */

import { type Answer, get } from './request.ts';

/** A request, how to show it, and what must come of it. */
export interface Step {
  readonly path: string;
  /** `shown` in words, for tokens are long; undefined = no token is sent. */
  readonly token?: { readonly shown: string; readonly value: string };
  readonly headers?: Readonly<Record<string, string>>;
  readonly expect: Passage | Refusal;
}

interface Passage {
  readonly kind: 'allowed';
  /** Headers as the API must have seen them; undefined = it must not have seen one. */
  readonly saw: Readonly<Record<string, string | undefined>>;
}

interface Refusal {
  readonly kind: 'denied';
  readonly status: number;
  readonly reason: string;
  readonly detail?: string;
  readonly challenge?: RegExp;
}

type Print = (line: string) => void;

export const allowed = (saw: Readonly<Record<string, string | undefined>>): Passage => ({
  kind: 'allowed',
  saw,
});

export const denied = (status: number, reason: string): Refusal => ({
  kind: 'denied',
  status,
  reason,
});

/** Sends one request, shows it with its answer, and says what is wrong with that. */
export async function walk(port: number, step: Step, print: Print): Promise<readonly string[]> {
  print(`   > GET ${step.path}`);
  if (step.token) print(`   > authorization: Bearer ${step.token.shown}`);
  for (const [name, value] of Object.entries(step.headers ?? {})) print(`   > ${name}: ${value}`);

  const headers = { ...step.headers, ...(step.token && { authorization: `Bearer ${step.token.value}` }) };
  const answer = await get(port, step.path, headers).catch((error: Error) => error);
  if (answer instanceof Error) {
    print(`   < ${answer.message}`);
    return ['there was no answer'];
  }
  const body = jsonObject(answer.body);
  return step.expect.kind === 'allowed'
    ? judgeAllowed(answer, body, step.expect, print)
    : judgeDenied(answer, body, step.expect, print);
}

type Body = Readonly<Record<string, unknown>>;

function judgeAllowed(answer: Answer, body: Body, expected: Passage, print: Print): string[] {
  if (answer.status !== 200) {
    showDenial(answer, body, print);
    return [`status ${answer.status} instead of 200`];
  }
  const received = jsonObject(body.headers);
  const names = Object.keys(received).filter((name) => name.startsWith('x-auth-'));
  const seen = names.map((name) => `${name}: ${received[name]}`).join(', ');
  print(`   < 200, and the API saw ${seen || 'no x-auth- header'}`);
  return Object.entries(expected.saw)
    .filter(([name, value]) => received[name] !== value)
    .map(
      ([name, value]) =>
        `the API saw ${name} ${received[name] ?? 'nowhere'} instead of ${value ?? 'nowhere'}`,
    );
}

function judgeDenied(answer: Answer, body: Body, expected: Refusal, print: Print): string[] {
  showDenial(answer, body, print);
  const problems: string[] = [];
  if (answer.status !== expected.status)
    problems.push(`status ${answer.status} instead of ${expected.status}`);
  if (body.reason !== expected.reason) problems.push(`reason ${body.reason} instead of ${expected.reason}`);
  if (expected.detail !== undefined && body.detail !== expected.detail) {
    problems.push(`detail is not: ${expected.detail}`);
  }
  if (expected.challenge !== undefined && !expected.challenge.test(challenge(answer))) {
    problems.push(`www-authenticate does not match ${expected.challenge}`);
  }
  return problems;
}

function showDenial(answer: Answer, body: Body, print: Print): void {
  print(`   < ${answer.status} ${body.reason ?? ''}`);
  if (challenge(answer) !== '') print(`   < www-authenticate: ${challenge(answer)}`);
  if (body.detail !== undefined) print(`   < ${body.detail}`);
}

const challenge = ({ headers }: Answer): string => String(headers['www-authenticate'] ?? '');

/** The object that a text or value holds; empty where it holds none. */
function jsonObject(value: unknown): Body {
  try {
    const parsed: unknown = typeof value === 'string' ? JSON.parse(value) : value;
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {};
  } catch {
    return {};
  }
}
