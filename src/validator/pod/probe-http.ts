/** An HTTP probe, as the kubelet makes it. */

import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIPv6 } from 'node:net';
import { failure, type ProbeResult } from './probe-result.ts';
import type { HttpProbe, Probe } from './probe-targets.ts';
import { connectionTo } from './probe-tcp.ts';

type Target = Probe & HttpProbe;

/** Where one request goes: always the pod itself. */
interface Step {
  readonly scheme: 'HTTP' | 'HTTPS';
  readonly port: number;
  readonly path: string;
}

/** As many as the kubelet follows. */
const MAX_REDIRECTS = 10;

/** Redirects within the pod are followed; one that leads elsewhere counts as an answer, as it does for the kubelet. */
export async function probeHttp(target: Target, over: AbortSignal): Promise<ProbeResult> {
  const { path } = target;
  if (path === undefined) {
    return failure(
      'its path begins as a URL does (health:check), with which no pod can be asked; begin it with a slash',
    );
  }
  let step: Step = { ...target, path };
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const { statusCode: status = 0, headers } = await ask(target, step, over);
    const next = isRedirect(status) ? localStep(target, step, headers.location) : undefined;
    if (next === undefined) return judge(status);
    step = next;
  }
  return failure(`the app redirected more than ${MAX_REDIRECTS} times`);
}

function judge(status: number): ProbeResult {
  if (status >= 200 && status < 400) return { kind: 'success' };
  return failure(`the app answered ${status}`, status >= 400 && status < 600 ? status : 503);
}

const isRedirect = (status: number): boolean => [301, 302, 303, 307, 308].includes(status);

/** Undefined = there is nothing to follow. */
function localStep(target: Target, step: Step, location: string | undefined): Step | undefined {
  if (location === undefined) return undefined;
  const own = bracketed(target.host);
  const base = `${step.scheme.toLowerCase()}://${own}:${step.port}${step.path}`;
  const url = URL.parse(location, base);
  if (url === null) return undefined;
  const scheme = SCHEMES.get(url.protocol);
  const local = [own, bracketed(target.address)].map((host) => new URL(`http://${host}`).hostname);
  if (scheme === undefined || !local.includes(url.hostname)) return undefined;
  const port = url.port === '' ? DEFAULT_PORTS[scheme] : Number(url.port);
  return { scheme, port, path: `${url.pathname}${url.search}` };
}

const SCHEMES: ReadonlyMap<string, Step['scheme']> = new Map([
  ['http:', 'HTTP'],
  ['https:', 'HTTPS'],
]);
const DEFAULT_PORTS = { HTTP: 80, HTTPS: 443 } as const;

/** Resolves with the head of the answer; its body is not waited for. */
async function ask(target: Target, { scheme, port, path }: Step, over: AbortSignal) {
  const options = {
    ...connectionTo(target.address, port),
    path: path.replaceAll(' ', ''),
    method: 'GET',
    headers: headersOf(target, port),
    // Each probe on a connection of its own.
    agent: false as const,
    signal: over,
  };
  const request =
    scheme === 'HTTP'
      ? httpRequest(options)
      : // The kubelet takes any certificate and names no server: it knows addresses alone.
        httpsRequest({ ...options, rejectUnauthorized: false, servername: '' });
  // The kubelet leaves blanks in a query as they are, and Node.js takes no path with one.
  if (path.includes(' ')) Object.defineProperty(request, 'path', { value: path });
  // Whatever comes after the head, or after the end of the probe, changes nothing.
  request.on('error', () => {});
  const answered = once(request, 'response', { signal: over });
  request.end();
  const [response] = (await answered) as [IncomingMessage];
  response.on('error', () => {}).destroy();
  return response;
}

function headersOf({ headers, host }: Target, port: number): Record<string, string | string[]> {
  const all: Record<string, string[]> = {};
  for (const { name, value } of headers) {
    const key = name.toLowerCase();
    all[key] = [...(all[key] ?? []), value];
  }
  const [ownHost = `${bracketed(host)}:${port}`] = all.host ?? [];
  const { accept = ['*/*'], ...others } = all;
  return {
    // Apps that leave probes out of their log go by this name.
    'user-agent': 'kube-probe/portcullis',
    // An empty one means none.
    ...(accept[0] !== '' && { accept }),
    ...others,
    host: ownHost,
    connection: 'close',
  };
}

const bracketed = (host: string): string => (isIPv6(host) ? `[${host}]` : host);
