// The first hour: a fresh checkout, and then each command as it stands in README.md, to the first 401 and 200.

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { mustRun } from '../../tools/run.ts';
import { temporaryFolder } from '../support/server.ts';
import { mustPaste } from './paste.ts';
import { commandsOf, sectionOf } from './readme.ts';

const HERE = fileURLToPath(new URL('../..', import.meta.url));

interface Step {
  readonly command: string;
  readonly output: string;
  /** Seconds. */
  readonly took: number;
}

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let clone: string;
let steps: readonly Step[];
let variables: Readonly<Record<string, string>>;

beforeAll(async () => {
  folder = await temporaryFolder('newcomer');
  clone = path.join(folder.path, 'portcullis');
  const started = Date.now();
  await checkOut(clone);
  const page = await readFile(path.join(clone, 'README.md'), 'utf8');
  const done: Step[] = [];
  let env: Readonly<Record<string, string>> = {};
  for (const command of commandsOf(sectionOf(page, '## In a cluster'))) {
    const from = Date.now();
    const { output, environment } = await mustPaste(command, { cwd: clone, env });
    env = environment;
    done.push({ command, output, took: (Date.now() - from) / 1000 });
  }
  [steps, variables] = [done, env];
  const lines = done.map(
    ({ command, took }) => `${took.toFixed(1).padStart(7)} s  ${command.split('\n')[0]}`,
  );
  console.log(
    [
      ...lines,
      `${((Date.now() - started) / 1000).toFixed(1).padStart(7)} s  from checkout to 401 and 200`,
    ].join('\n'),
  );
});

afterAll(async () => {
  await mustRun(process.execPath, [path.join(clone, 'test/cluster/main.ts'), 'down']);
  await folder.remove();
});

/** As `git clone` would leave it, with what is not committed yet. */
async function checkOut(to: string): Promise<void> {
  const script =
    'mkdir "$1" && git ls-files -z --cached --others --exclude-standard | ' +
    'tar --create --null --ignore-failed-read --files-from=- --file=- | tar --extract --directory="$1"';
  await mustRun('bash', ['-c', script, 'checkout', to], { cwd: HERE });
}

const kubectl = (...args: readonly string[]): Promise<string> => mustRun('kubectl', args, { env: variables });

const answerTo = (part: string): string =>
  steps.findLast(({ command }) => command.includes(part))?.output ?? '';

it('a request without a token gets 401, and says why', () => {
  const answer = answerTo('demo ask http');
  expect(answer).toMatch(/^HTTP\/1\.1 401 Unauthorized\n/);
  expect(answer).toContain('"reason":"token_missing"');
});

it('one with a token gets 200, and the API knows who asked', () => {
  const answer = answerTo('demo ask --as joe');
  expect(answer).toMatch(/^HTTP\/1\.1 200 OK\n/);
  expect(answer).toContain('"x-auth-user": "joe"');
});

it.each([
  ['joe', '/admin/x', '403'],
  ['ann', '/admin/x', '200'],
])('%s at %s gets %s', async (user, at, status) => {
  const args = ['exec', 'deployment/identity-provider', '-n', 'shop', '--', 'demo', 'ask', '--as', user];
  expect(await kubectl(...args, `http://orders${at}`)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
});

/** Of a ConfigMap or Secret that is there: the kubelet has not seen it yet, or nobody has answered it in time. */
const NODE_IS_BUSY = /: Failed\w+: .*(cache: timed out|deadline exceeded|not registered|timeout)/i;

// A failed startup probe tells how busy the machine is, as does a kubelet that waits for its own cache. The node's own
// namespace knows nothing of Portcullis.
it('a healthy start leaves no Warning among the Events', async () => {
  const format =
    'jsonpath={range .items[*]}{.involvedObject.kind} {.involvedObject.name}: {.reason}: {.message}{"\\n"}{end}';
  for (const namespace of ['portcullis-system', 'shop']) {
    const query = '--field-selector=type=Warning,reason!=Unhealthy';
    const events = await kubectl('get', 'events', '--namespace', namespace, query, '--output', format);
    expect(events.split('\n').filter((event) => event !== '' && !NODE_IS_BUSY.test(event))).toEqual([]);
  }
});
