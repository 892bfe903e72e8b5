/** A validator at its admin address on this machine (`--admin`), asked as one in a pod is. */

import { request } from 'node:http';
import { errorCode } from '../../base/error-code.ts';
import { oneLine } from '../../base/text.ts';
import { failed, ok } from '../../kubernetes/errors.ts';
import type { PodHttp } from '../../kubernetes/pod-http.ts';
import { isLoopback } from '../../process/address.ts';
import { answerTo } from '../../process/answer.ts';
import { usage } from '../../process/flags.ts';

/** Milliseconds without a byte before it is given up; a stream that lives says something every 15 s. */
const SILENCE = 40_000;

export const ADMIN_HELP = `  --admin URL               ask this validator alone, without a cluster: http://127.0.0.1:9003, or of an injected
                            pod http://127.0.0.1:15903, while kubectl port-forward POD 15903 runs`;

/** The binding that is named, at most one. */
export function oneBinding(command: string, [binding, second]: readonly string[]): string | undefined {
  if (second !== undefined) throw usage(command, 'more than one binding is named: name one.');
  return binding;
}

/** Reads `--admin URL`. */
export function adminUrl(command: string, text: string): URL {
  const url = URL.parse(text);
  if (url === null || url.protocol !== 'http:' || url.pathname !== '/' || url.search !== '') {
    throw usage(command, `--admin must be http://127.0.0.1:PORT, not ${JSON.stringify(oneLine(text))}.`);
  }
  if (!isLoopback(url.hostname)) {
    throw usage(command, '--admin must be localhost, 127.0.0.1 or [::1]: validators listen nowhere else.');
  }
  return url;
}

export const adminHttp =
  (admin: URL): PodHttp =>
  async ({ method, path, body, signal }) => {
    const asking = request(new URL(path, admin), {
      ...{ method, agent: false, timeout: SILENCE },
      ...(body !== undefined && { headers: { 'content-type': 'application/json' } }),
      ...(signal !== undefined && { signal }),
    });
    asking.once('timeout', () => asking.destroy(new Error('it says nothing')));
    try {
      const answer = await answerTo(asking, body);
      return ok({ status: answer.statusCode ?? 0, headers: answer.headers, body: answer });
    } catch (error) {
      const code = errorCode(error) ?? 'no answer';
      return failed('Unreachable', `it cannot be asked (${code}): is it the admin address of a validator?`);
    }
  };
