/** The probes of the app's containers, made here, because a guarded port would ask the kubelet for a token. */

import { type Page, type Pages, text } from '../../process/pages.ts';
import { forKubelet } from './hooks.ts';
import { probeHttp } from './probe-http.ts';
import { failure, type ProbeResult } from './probe-result.ts';
import { probeTcp } from './probe-tcp.ts';
import type { Probe } from './settings.ts';

/** A page for each, by its path. */
export function probePages(probes: ReadonlyMap<string, Probe>, hookKey: string | undefined): Pages {
  return Object.fromEntries(
    [...probes].map(([path, probe]) => {
      const page = pageOf(probe);
      return [path, probe.isHook ? forKubelet(hookKey, page) : page];
    }),
  );
}

/** However many ask at one time, the app is asked once. */
function pageOf(probe: Probe): () => Promise<Page> {
  let running: Promise<Page> | undefined;
  return () => {
    running ??= run(probe)
      .then(pageFor)
      .finally(() => {
        running = undefined;
      });
    return running;
  };
}

/** Nothing of the app's own answer goes on: whoever can reach this address sees the status alone. */
function pageFor(result: ProbeResult): Page {
  switch (result.kind) {
    case 'success':
      return text(200, 'ok');
    case 'failure':
      return text(result.status, result.problem);
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
    return await Promise.race([make(probe, over.signal), late]);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    return failure(`the app cannot be asked${code}`);
  } finally {
    clearTimeout(timer);
    over.abort();
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
