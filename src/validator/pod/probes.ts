/** The probes of the app's containers, made here, because a guarded port would ask the kubelet for a token. */

import { errorCode } from '../../base/error-code.ts';
import { createSingleFlight } from '../../base/single-flight.ts';
import { type Page, type Pages, textPage } from '../../process/pages.ts';
import { forKubelet } from './hooks.ts';
import { probeHttp } from './probe-http.ts';
import { type NoteResult, type ProbeLogParts, probeLog } from './probe-log.ts';
import { failure, type ProbeResult } from './probe-result.ts';
import type { Probe } from './probe-targets.ts';
import { probeTcp } from './probe-tcp.ts';

/** A page for each, by its path. */
export function probePages(
  probes: ReadonlyMap<string, Probe>,
  hookKey: string | undefined,
  parts: ProbeLogParts,
): Pages {
  // However many ask at one time, the app is asked once.
  const answers = createSingleFlight<Page>();
  return Object.fromEntries(
    [...probes].map(([path, probe]) => {
      const note = probeLog(parts, path.slice(PREFIX.length), probe);
      const page = () => answers(path, () => ask(probe, note));
      return [path, probe.isHook ? forKubelet(hookKey, page) : page];
    }),
  );
}

const PREFIX = '/probe/';

async function ask(probe: Probe, note: NoteResult): Promise<Page> {
  const result = await run(probe);
  note(result);
  return pageFor(result);
}

/** The page shows nothing of the app's answer but its status: others than the kubelet can reach this address. */
function pageFor(result: ProbeResult): Page {
  switch (result.kind) {
    case 'success':
      return textPage(200, 'ok');
    case 'failure':
      return textPage(result.status, result.problem);
  }
}

async function run(probe: Probe): Promise<ProbeResult> {
  // Ends what is still under way, connections included.
  const over = new AbortController();
  const timer = setTimeout(() => over.abort(), probe.timeout);
  const late = new Promise<ProbeResult>((resolve) => {
    over.signal.addEventListener('abort', () =>
      resolve(failure(`the app did not answer within ${probe.timeout / 1000} s`)),
    );
  });
  try {
    return await Promise.race([makeAnywhere(probe, over.signal), late]);
  } catch (error) {
    return failure(causeOf(probe, error));
  } finally {
    clearTimeout(timer);
    over.abort();
  }
}

/** The system's own word for what stood in the way, and what it means. */
function causeOf({ port, address, otherAddress }: Probe, error: unknown): string {
  const code = errorCode(error);
  if (code === undefined) return 'the app cannot be asked';
  const meaning = MEANINGS.find(([known]) => known.test(code))?.[1];
  const text = `the app cannot be asked (${code})`;
  const places = code === REFUSED && otherAddress !== undefined ? `${address} or ${otherAddress}` : address;
  return meaning === undefined ? text : `${text}: ${meaning} at ${places}, port ${port}`;
}

const MEANINGS: readonly (readonly [code: RegExp, meaning: string])[] = [
  [/^ECONNREFUSED$/, 'it does not listen yet, or not'],
  [/^(ECONNRESET|EPIPE)$/, 'it closed the connection without an answer'],
  [/^HPE_/, 'it does not speak HTTP'],
  [/^(EPROTO|ERR_SSL_.*)$/, 'it does not speak TLS'],
];

const REFUSED = 'ECONNREFUSED';

/** As Envoy calls the app: at the pod's own address where nothing listens on loopback. */
async function makeAnywhere(probe: Probe, over: AbortSignal): Promise<ProbeResult> {
  const { otherAddress } = probe;
  try {
    return await make(probe, over);
  } catch (error) {
    if (errorCode(error) !== REFUSED || otherAddress === undefined) throw error;
    return await make({ ...probe, address: otherAddress }, over);
  }
}

async function make(probe: Probe, over: AbortSignal): Promise<ProbeResult> {
  switch (probe.kind) {
    case 'http':
      return await probeHttp(probe, over);
    case 'tcp':
      return await probeTcp(probe, over);
    case 'grpc': {
      const { probeGrpc } = await import('./probe-grpc.ts');
      return await probeGrpc(probe, over);
    }
  }
}
