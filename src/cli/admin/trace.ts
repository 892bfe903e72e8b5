/** `portcullis trace`: decisions as they are made, a line each. */

import { parseJson } from '../../base/json.ts';
import { usage } from '../../process/flags.ts';
import { StartError } from '../../process/start-error.ts';
import { readStreamEvent } from '../../report/decision-event.ts';
import { decisionLine, leftOutLine } from '../../report/decision-line.ts';
import { eventReader } from '../../report/event-stream.ts';
import { type Arguments, readArguments } from '../arguments.ts';
import type { Command } from '../command.ts';
import { ADMIN_HELP, adminUrl, askAdmin } from './ask.ts';

const HELP = `Usage: portcullis trace BINDING --admin URL [options]

Shows the decisions of a binding as they are made, a line each: time, outcome, reason, rule, who asked for what, and of
a refusal why. It goes on until you end it.

  BINDING              NAMESPACE/NAME
${ADMIN_HELP}
  --denied             those alone that are refused, or would be
  --user USER          those of this user; may be given more than once, as --reason
  --reason REASON      such as token_expired: docs/troubleshooting.md has them
  --count N            end after N of them
  --help               show this
`;

const OPTIONS = { admin: undefined, user: undefined, reason: undefined, count: undefined } as const;
const DENIED = ['denied', 'audit_denied', 'would_deny'];

type Line = Arguments<keyof typeof OPTIONS, 'denied'>;

export const traceCommand: Command = async (args, { out, err }) => {
  const line = readArguments('trace', args, OPTIONS, { denied: undefined });
  if (line.help) {
    out(HELP);
    return 0;
  }
  const admin = adminUrl('trace', line.one('admin'));
  const path = `/decisions?${filterOf(line)}`;
  let left = countOf(line);
  const answer = await askAdmin(admin, path);
  answer.setEncoding('utf8');
  const read = eventReader();
  try {
    for await (const text of answer as AsyncIterable<string>) {
      for (const { name, data } of read(text)) {
        const event = readStreamEvent(name, parseJson(data));
        if (event.kind === 'left-out') err(`portcullis: ${leftOutLine(event.leftOut)}\n`);
        if (event.kind !== 'decision') continue;
        out(`${decisionLine(event.decision)}\n`);
        left -= 1;
        if (left === 0) return 0;
      }
    }
  } catch {
    // A connection that breaks is one that ends.
  } finally {
    answer.destroy();
  }
  throw new StartError(
    `${admin.origin} has ended the stream: the validator has stopped, or cannot be reached any more.`,
  );
};

function filterOf(line: Line): URLSearchParams {
  const [binding, second] = line.positionals;
  if (binding === undefined || !/^[^/]+\/[^/]+$/.test(binding)) {
    throw usage('trace', 'BINDING is missing: name one, as NAMESPACE/NAME.');
  }
  if (second !== undefined) throw usage('trace', 'more than one binding is named: name one.');
  return new URLSearchParams([
    ['binding', binding],
    ...(line.has('denied') ? DENIED.map((outcome) => ['outcome', outcome]) : []),
    ...line.all('user').map((user) => ['user', user]),
    ...line.all('reason').map((reason) => ['reason', reason]),
  ]);
}

function countOf(line: Line): number {
  const text = line.one('count');
  if (text === undefined) return Number.POSITIVE_INFINITY;
  if (!/^[1-9]\d{0,8}$/.test(text))
    throw usage('trace', `--count is a number from 1 up, not ${JSON.stringify(text)}.`);
  return Number(text);
}
