/** `portcullis capture`: what the capture init container runs, before any other container of its pod. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { errorCode } from '../base/error-code.ts';
import { oneLine } from '../base/text.ts';
import { usage } from '../process/flags.ts';
import { StartError } from '../process/start-error.ts';
import { captureRules, parseCaptures } from '../sidecar/capture.ts';
import { readArguments } from './arguments.ts';
import type { Command } from './command.ts';

const HELP = `Usage: portcullis capture PORT=LISTENER… | --print PORT=LISTENER…

Leads TCP connections to each PORT of this network namespace, over IPv4 and IPv6, to Envoy's LISTENER, and drops UDP
and SCTP to it, which would go past Envoy (HTTP/3). What comes in over loopback is let through. Run again, it replaces its rules
(the nftables table "inet portcullis").

  --print PORT=LISTENER   print the rules, and change nothing; may be given more than once
  --help                  show this

It needs the capability NET_ADMIN, the program nft, and Linux 5.2 or newer. Ends with 0 when the rules stand.
`;

export const captureCommand: Command = async (args, { out, environment }) => {
  const line = readArguments('capture', args, { print: undefined });
  if (line.help) {
    out(HELP);
    return 0;
  }
  const printed = line.all('print');
  const pairs = [...printed, ...line.positionals];
  if (pairs.length === 0) throw usage('capture', 'PORT=LISTENER is missing: name the ports to guard.');
  const parsed = parseCaptures(pairs);
  if (parsed.kind === 'refused') throw usage('capture', `${parsed.problem}.`);
  const rules = captureRules(parsed.captures);
  if (printed.length > 0) out(rules);
  else await apply(rules, environment);
  return 0;
};

/** nft takes all of its input in one transaction, or nothing of it. */
async function apply(
  rules: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  const path = [environment.PATH, '/usr/sbin', '/sbin'].filter(Boolean).join(':');
  const nft = spawn('nft', ['-f', '-'], {
    stdio: ['pipe', 'ignore', 'pipe'],
    env: { PATH: path, LC_ALL: 'C' },
  });
  nft.stdin.on('error', () => {}); // it says on its standard error why it reads no more
  nft.stdin.end(rules);
  const ended = once(nft, 'close').catch((error: unknown) => {
    throw new StartError(cannotStart(error));
  });
  const [said, [code]] = await Promise.all([text(nft.stderr), ended]);
  if (code !== 0) throw new StartError(cannotApply(said));
}

function cannotStart(error: unknown): string {
  const code = errorCode(error) ?? 'unknown error';
  return code === 'ENOENT'
    ? 'the program nft is not there: install the package nftables. The image of Portcullis has it.'
    : `the program nft cannot be started (${code}).`;
}

function cannotApply(said: string): string {
  if (/operation not permitted|permission denied/i.test(said)) {
    return 'nft may not change this network namespace: run as root with the capability NET_ADMIN. Where Pod Security forbids that, use capture NamedPort.';
  }
  if (/operation not supported|no such file or directory|protocol not supported/i.test(said)) {
    return `this kernel has no NAT by nftables (needs Linux 5.2 or newer with nf_tables and nft_redir): ${firstLine(said)}`;
  }
  return `nft refused the rules: ${firstLine(said)}`;
}

const firstLine = (said: string): string =>
  oneLine(said.trim().split('\n', 1)[0] ?? '') || 'it does not say why.';
