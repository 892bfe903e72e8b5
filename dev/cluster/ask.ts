/** One request to an API, with a user's token or without, and its answer as `curl -i` shows it. */
import { parseArgs } from 'node:util';
import { requestToken } from '../provider.ts';
import { USERS } from '../users.ts';
import { LOCAL_PORT } from './provider.ts';

/** @param args `[--as USER] URL` */
export async function ask(args: readonly string[]): Promise<string> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { as: { type: 'string' } },
    allowPositionals: true,
  });
  const [url = ''] = positionals;
  if (!URL.canParse(url)) throw new Error(`ask needs the URL of the API, not ${JSON.stringify(url)}`);
  const authorization = values.as === undefined ? undefined : `Bearer ${await tokenOf(values.as)}`;
  const response = await fetch(url, {
    redirect: 'manual',
    ...(authorization !== undefined && { headers: { authorization } }),
  }).catch((error: unknown) => {
    const cause =
      error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    throw new Error(`${url} gives no answer: ${cause}`);
  });
  const head = [`HTTP/1.1 ${response.status} ${response.statusText}`];
  for (const [name, value] of response.headers) head.push(`${name}: ${value}`);
  return `${head.join('\n')}\n\n${(await response.text()).trimEnd()}`;
}

async function tokenOf(id: string): Promise<string> {
  const user = USERS.find((one) => one.id === id);
  if (user === undefined) {
    throw new Error(
      `the provider has no user ${JSON.stringify(id)}: ${USERS.map((one) => one.id).join(' and ')} are there`,
    );
  }
  return requestToken(`http://127.0.0.1:${LOCAL_PORT}`, user);
}
