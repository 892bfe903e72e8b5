/** `portcullis test`: requests, and what must become of them. */

import { oneLine } from '../base/text.ts';
import type { Judged } from '../explain/judgement.ts';
import { usage } from '../process/flags.ts';
import { UsageError } from '../process/start-error.ts';
import { type Finding, finding, renderFinding } from '../resources/findings.ts';
import { readArguments } from './arguments.ts';
import type { Command, CommandSurroundings } from './command.ts';
import { readInputs, STDIN } from './inputs.ts';
import { type FetchKeys, fetchKeys } from './keys.ts';
import { type Loaded, loadManifests } from './policy.ts';
import { keyRefresher } from './refresh.ts';
import { mismatches, type UnmetExpectation } from './tests/expect.ts';
import { type PolicyTest, readTests } from './tests/read.ts';
import { createRunner, hasSource } from './tests/run.ts';

const HELP = `Usage: portcullis test -f PATH TESTS.yaml…

Makes the requests of policy tests, and compares what becomes of them with what is expected. Claims are signed by
keys of the run's own, so that no identity provider and no Secret is needed.

  -f PATH             manifests: a file, a folder (its YAML files) or - for standard input; may be given more than once
  TESTS.yaml          tests: [{name: …, request: GET https://host/path, claims: {sub: joe}, expect: {status: 200}}]
  --help              show this

Exit code: 0 all passed, 1 some failed, 2 wrong usage, or a file of tests with a mistake in it.
`;

const PASSED = 0;
const FAILED = 1;
const USAGE = 2;

export const testCommand: Command = (args, surroundings) => testWith(args, surroundings, fetchKeys);

/** `fetch` is how keys are fetched, for tests that bring a token along. */
export async function testWith(
  args: readonly string[],
  { stdin, out, err, environment, now }: CommandSurroundings,
  fetch: FetchKeys,
): Promise<number> {
  const line = readArguments('test', args, { file: 'f' });
  if (line.help) {
    out(HELP);
    return PASSED;
  }
  const manifests = line.all('file');
  const files = line.positionals;
  if (manifests.length === 0) throw usage('test', '-f PATH is missing: name your manifests.');
  if (files.length === 0) throw usage('test', 'TESTS.yaml is missing: name your tests.');
  if (manifests.includes(STDIN) && files.includes(STDIN)) {
    throw usage('test', 'standard input cannot be both the manifests and the tests.');
  }
  const loaded = await loadManifests(manifests, stdin);
  const { tests, findings } = await loadTests(files, stdin);
  const mistakes = [...findings, ...tests.flatMap((written) => unknownSource(written, loaded))];
  if (mistakes.length > 0) {
    for (const mistake of mistakes) err(`${oneLine(renderFinding(mistake))}\n`);
    return USAGE;
  }
  for (const problem of loaded.problems) err(`${problem}\n`);
  if (loaded.isUnreadable) {
    err('portcullis: a manifest cannot be read, so that nobody knows what it says: no test was run.\n');
    out(summary(0, tests.length));
    return FAILED;
  }
  const run = createRunner(
    loaded,
    now,
    keyRefresher(loaded, (plan) => fetch(plan, environment)),
  );
  let failed = 0;
  for (const written of tests) {
    const judged = await run(written);
    const wrong = mismatches(written.expect, judged);
    // Whoever expects it knows it.
    if (written.expect.trial === undefined) out(trialNote(written, judged));
    if (wrong.length === 0) continue;
    failed++;
    out(failure(written, wrong, judged));
  }
  out(summary(tests.length - failed, failed));
  return failed === 0 ? PASSED : FAILED;
}

const summary = (passed: number, failed: number): string => `${passed} passed, ${failed} failed\n`;

async function loadTests(paths: readonly string[], stdin: () => Promise<Uint8Array>) {
  const { files, unreadable } = await readInputs(paths, stdin);
  for (const { name, problem } of unreadable) throw new UsageError(`${name}: the file ${problem}.`);
  const read = files.map(({ name, text }) => readTests(name, text));
  return {
    tests: read.flatMap(({ tests }) => tests),
    findings: read.flatMap(({ findings }) => findings),
  };
}

function unknownSource({ name, file, position, credential }: PolicyTest, loaded: Loaded): readonly Finding[] {
  if (credential?.kind !== 'claims' || credential.source === undefined) return [];
  if (hasSource(loaded, credential.source)) return [];
  const origin = { file, locate: () => position };
  const message = `${name}: there is no AuthenticationSource ${credential.source}`;
  return [
    finding(
      'Invalid',
      { object: undefined, origin, field: 'source' },
      message,
      'name one of the manifests, as namespace/name',
    ),
  ];
}

/** What a Trial would decide otherwise, in a line. */
function trialNote({ name, file, position }: PolicyTest, { trial }: Judged): string {
  if (trial === undefined || trial.decision.verdict === 'same') return '';
  const { verdict, binding, outcome, reason, rule } = trial.decision;
  const by = rule === undefined ? binding : `${binding}, rule ${rule}`;
  return `${oneLine(`TRIAL ${file}:${position.line}: ${name}: ${verdict}: ${outcome}: ${reason} (${by})`)}\n`;
}

/** What was expected, what came, and the step that decided, in a line. */
function failure(
  { name, file, position }: PolicyTest,
  wrong: readonly UnmetExpectation[],
  { steps }: Judged,
): string {
  const expected = wrong.map(({ what, expected: text }) => `${what} ${text}`).join(', ');
  const got = wrong.map(({ what, got: text }) => `${what} ${text}`).join(', ');
  const judging = steps.filter(({ step }) => step !== 'answer');
  const [found, last] = [judging.at(-2), judging.at(-1)];
  const because = found !== undefined && found.step === last?.step ? ` (${found.finding})` : '';
  const decided = last === undefined ? '' : `; decided by ${last.step}: ${last.finding}${because}`;
  return `${oneLine(`FAIL ${file}:${position.line}: ${name}: expected ${expected}; got ${got}${decided}`)}\n`;
}
