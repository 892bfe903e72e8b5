/** Prometheus' own tests of rules and of expressions: series in, alerts and samples out. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { JsonObject } from '../../src/base/json.ts';
import { type Result, run } from '../../tools/run.ts';
import { temporaryFolder } from '../support/server.ts';
import { promtoolProgram } from './programs.ts';

/** Runs tests, as promtool has them, over these rules. Time is that of the series, so that hours take no time. */
export const testRules = (rules: JsonObject, tests: readonly JsonObject[]): Promise<Result> =>
  withRules(rules, async (promtool, folder) => {
    const file = { rule_files: ['rules.yaml'], evaluation_interval: '30s', tests };
    await writeFile(path.join(folder, 'tests.yaml'), JSON.stringify(file));
    return run(promtool, ['test', 'rules', path.join(folder, 'tests.yaml')]);
  });

/** Whether promtool takes the rules, and has nothing to say against them. */
export const checkRules = (rules: JsonObject): Promise<Result> =>
  withRules(rules, (promtool, folder) =>
    run(promtool, ['check', 'rules', '--lint=all', '--lint-fatal', path.join(folder, 'rules.yaml')]),
  );

async function withRules(
  rules: JsonObject,
  work: (promtool: string, folder: string) => Promise<Result>,
): Promise<Result> {
  const folder = await temporaryFolder('promtool');
  try {
    await writeFile(path.join(folder.path, 'rules.yaml'), JSON.stringify(rules));
    return await work(await promtoolProgram(), folder.path);
  } finally {
    await folder.remove();
  }
}
