/** Asks a validator at its admin address. */

import { type IncomingMessage, request } from 'node:http';
import { readBytes } from '../../base/bytes.ts';
import { errorCode } from '../../base/error-code.ts';
import { oneLine } from '../../base/text.ts';
import { isLoopback } from '../../process/address.ts';
import { answerTo } from '../../process/answer.ts';
import { usage } from '../../process/flags.ts';
import { StartError } from '../../process/start-error.ts';

/** Milliseconds without a byte before it is given up; a stream that lives says something every 15 s. */
const SILENCE = 40_000;
/** Bytes: more than the longest report. */
const MOST_ANSWER = 64 * 1024 * 1024;
/** Characters of a refusal that are shown. */
const MOST_SHOWN = 300;

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

/** The answer with status 200 as it begins. Throws a StartError for any other. */
export async function askAdmin(admin: URL, path: string): Promise<IncomingMessage> {
  const asking = request(new URL(path, admin), { agent: false, timeout: SILENCE });
  asking.once('timeout', () => asking.destroy(new Error('it says nothing')));
  let answer: IncomingMessage;
  try {
    answer = await answerTo(asking);
  } catch (error) {
    const code = errorCode(error) ?? 'no answer';
    throw new StartError(
      `${admin.origin} cannot be asked (${code}): is it the admin address of a validator?`,
    );
  }
  if (answer.statusCode === 200) return answer;
  const body = await readBytes(answer, MOST_ANSWER).catch(() => undefined);
  const said = oneLine(
    Buffer.from(body ?? '')
      .toString('utf8')
      .trim()
      .slice(0, MOST_SHOWN),
  );
  throw new StartError(`${admin.origin} answers ${answer.statusCode} at ${path}: ${said}`);
}

/** A whole answer. Throws a StartError. */
export async function readAdmin(admin: URL, path: string): Promise<string> {
  const answer = await askAdmin(admin, path);
  const body = await readBytes(answer, MOST_ANSWER).catch(() => undefined);
  if (body === undefined) throw new StartError(`the answer of ${admin.origin} does not end, or is too long.`);
  return Buffer.from(body).toString('utf8');
}
