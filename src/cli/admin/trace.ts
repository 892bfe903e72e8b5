/** `portcullis trace`: decisions as they are made, a line each, or with all their steps. */

import { systemClock } from '../../base/clock.ts';
import { parseJson } from '../../base/json.ts';
import { usage } from '../../process/flags.ts';
import { StartError } from '../../process/start-error.ts';
import { type DecisionEvent, readStreamEvent } from '../../report/decision-event.ts';
import { decisionLine, leftOutLine, stepLines } from '../../report/decision-line.ts';
import type { RawEvent } from '../../report/event-stream.ts';
import { type Arguments, choice } from '../arguments.ts';
import { KUBECONFIG_HELP, readKubeconfigArguments } from '../cluster/options.ts';
import { harmless } from '../cluster/paint.ts';
import type { Command } from '../command.ts';
import { ADMIN_HELP, adminHttp, adminUrl, oneBinding } from './ask.ts';
import { type TraceListener, traceValidators } from './cluster-trace.ts';
import { openFleet } from './fleet.ts';
import { followStream } from './follow-stream.ts';
import { answerRefusal } from './read-answer.ts';

const HELP = `Usage: portcullis trace BINDING [options]

Shows the decisions of a binding as they are made, a line each: time, outcome, reason, rule, who asked for what, and of
a refusal why. It follows every validator of the cluster that judges them, those that start later too, by port-forward: that
needs the right to create pods/portforward. It goes on until you end it.

  BINDING                   NAME or NAMESPACE/NAME
  --denied                  those alone that are refused, or would be
  --user USER               those of this user; may be given more than once, as --reason
  --reason REASON           such as token_expired: docs/troubleshooting.md has them
  --explain                 with all steps to each decision, the one that decided marked; at most 20 decisions a second of
                            each validator
  --count N                 end after N of them
  --output FORMAT           text, or json: an object in each line                         (default: text)
${ADMIN_HELP}
  -n, --namespace NAME      the binding's                    (default: that of the kubeconfig's context, else default)
${KUBECONFIG_HELP}

Exit code: 0 ended by --count, 1 no validator is left to follow, 2 wrong usage.
`;

const OPTIONS = {
  ...{ admin: undefined, user: undefined, reason: undefined, count: undefined },
  output: undefined,
} as const;
const DENIED = ['denied', 'audit_denied', 'would_deny'];

type Line = Arguments<keyof typeof OPTIONS, 'denied' | 'explain'>;

export const traceCommand: Command = async (args, surroundings) => {
  const { line, ...which } = readKubeconfigArguments('trace', args, OPTIONS, {
    denied: undefined,
    explain: undefined,
  });
  const { out, err } = surroundings;
  if (line.help) {
    out(HELP);
    return 0;
  }
  const named = oneBinding('trace', line.positionals);
  if (named === undefined) throw usage('trace', 'BINDING is missing: name one.');
  const output = choice('trace', 'output', line.one('output'), ['text', 'json']);
  const shown = (decision: DecisionEvent): string =>
    output === 'json'
      ? `${harmless(JSON.stringify(decision))}\n`
      : [decisionLine(decision), ...stepLines(decision), ''].join('\n');
  let left = countOf(line);
  const listener: TraceListener = {
    heard({ name, data }) {
      const event = readStreamEvent(name, parseJson(data));
      if (event.kind === 'left-out') err(`portcullis: ${leftOutLine(event.leftOut, line.has('explain'))}\n`);
      if (event.kind !== 'decision') return true;
      out(shown(event.decision));
      left -= 1;
      return left > 0;
    },
    lost: (text) => err(`portcullis: ${harmless(text)}\n`),
  };
  const admin = line.one('admin');
  if (admin !== undefined) {
    await followOne(adminUrl('trace', admin), `/decisions?${filterOf(idOf(named), line)}`, listener);
    return 0;
  }
  const fleet = await openFleet('trace', { ...which, isAll: false }, named, surroundings);
  try {
    fleet.progress.end();
    const { binding = named } = fleet;
    const path = `/decisions?${filterOf(binding, line)}`;
    if ((await traceValidators(fleet, path, listener, systemClock)) === 'enough') return 0;
    throw new StartError(`no validator of ApiBinding ${binding} can be followed: see portcullis status.`);
  } finally {
    await fleet.close();
  }
};

/** Resolves once no more are wanted. Throws a StartError where the stream ends before. */
async function followOne(admin: URL, path: string, { heard }: TraceListener): Promise<void> {
  const enough = new AbortController();
  const answer = await adminHttp(admin)({ method: 'GET', path, signal: enough.signal });
  if (answer.kind === 'failed') throw new StartError(`${admin.origin}: ${answer.error.message}`);
  if (answer.value.status !== 200)
    throw new StartError(`${admin.origin}: ${await answerRefusal(answer.value, path)}`);
  const hear = (event: RawEvent): void => {
    if (!enough.signal.aborted && !heard(event, admin.origin)) enough.abort();
  };
  await followStream(answer.value.body, hear, systemClock);
  if (enough.signal.aborted) return;
  throw new StartError(
    `${admin.origin} has ended the stream: the validator has stopped, or cannot be reached any more.`,
  );
}

/** A validator alone knows no namespace of ours. */
function idOf(named: string): string {
  if (/^[^/]+\/[^/]+$/.test(named)) return named;
  throw usage('trace', `with --admin a binding is NAMESPACE/NAME, not ${JSON.stringify(named)}.`);
}

function filterOf(binding: string, line: Line): URLSearchParams {
  return new URLSearchParams([
    ['binding', binding],
    ...(line.has('denied') ? DENIED.map((outcome) => ['outcome', outcome]) : []),
    ...line.all('user').map((user) => ['user', user]),
    ...line.all('reason').map((reason) => ['reason', reason]),
    ...(line.has('explain') ? [['explain', 'true']] : []),
  ]);
}

function countOf(line: Line): number {
  const text = line.one('count');
  if (text === undefined) return Number.POSITIVE_INFINITY;
  if (!/^[1-9]\d{0,8}$/.test(text))
    throw usage('trace', `--count is a number from 1 up, not ${JSON.stringify(text)}.`);
  return Number(text);
}
