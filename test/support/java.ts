/** Java programs of one source each, with libraries from Maven Central; built once. */

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { cached, findOnPath } from '../../tools/cache.ts';
import { mustRun } from '../../tools/run.ts';

const copyGoal = 'org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy-dependencies';

/**
 * The class path of the program.
 *
 * @param folder with the source and a pom.xml, whose dependencies come along.
 * @param versions that the pom leaves open, as `-Djetty.version=12.1.14`.
 */
export async function javaProgram(
  name: string,
  folder: string,
  source: string,
  versions: readonly string[] = [],
): Promise<string> {
  const pom = path.join(folder, 'pom.xml');
  const file = path.join(folder, source);
  const texts = [...versions, await readFile(pom, 'utf8'), await readFile(file, 'utf8')];
  const digest = createHash('sha256').update(JSON.stringify(texts)).digest('hex');
  const program = await cached(`${name}-${digest.slice(0, 16)}`, async (place) => {
    for (const [tool, debian] of [
      ['mvn', 'maven'],
      ['javac', 'default-jdk-headless'],
    ] as const) {
      if ((await findOnPath(tool)) !== undefined) continue;
      throw new Error(
        `${tool} is missing, which builds programs for tests. Debian: apt-get install ${debian}`,
      );
    }
    console.error(`Fetching the libraries of ${name} from Maven Central …`);
    const libraries = path.join(place, 'libraries');
    const options = ['-DincludeScope=runtime', `-DoutputDirectory=${libraries}`];
    await mustRun('mvn', ['-B', '-q', '-f', pom, copyGoal, ...versions, ...options]);
    const classes = path.join(place, 'classes');
    const compile = ['-proc:none', '-nowarn', '-cp', path.join(libraries, '*'), '-d', classes, file];
    await mustRun('javac', compile);
  });
  return [path.join(program, 'classes'), path.join(program, 'libraries', '*')].join(':');
}
