/** Servlet containers, and Spring in them, from Maven Central. Each folder is one program with all its servers. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { cached, findOnPath } from '../../tools/cache.ts';
import { mustRun } from '../../tools/run.ts';
import { Server } from '../support/server.ts';
import { type Family, listening, placeOf } from './server.ts';

const copyGoal = 'org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy-dependencies';

export const jakarta: Family = javaFamily(
  'jakarta',
  [
    ...['Jetty 12.1', 'Jetty 12.1, lenient', 'Tomcat 11', 'Tomcat 11, lenient'],
    ...['Undertow 2.3', 'Undertow 2.3, lenient', 'Spring 7.0 in Tomcat 11'],
  ],
  ['-Djetty.version=12.1.14'],
);

/** Jetty before it knew malformed escapes. */
export const earlierJakarta: Family = javaFamily(
  'jakarta',
  ['Jetty 12.0', 'Jetty 12.0, lenient'],
  ['-Djetty.version=12.0.16'],
);

/** Spring of the time when `/admin` stood for `/admin.json` as well. */
export const javax: Family = javaFamily(
  'javax',
  ['Jetty 9.4', 'Spring 5.2 in Jetty 9.4'],
  ['-Djetty.version=9.4.57.v20241219', '-Dspring.version=5.2.25.RELEASE'],
);

export const laterJavax: Family = javaFamily(
  'javax',
  ['Jetty 10', 'Spring 5.3 in Jetty 10'],
  ['-Djetty.version=10.0.26', '-Dspring.version=5.3.39'],
);

/** `versions` are those that the pom leaves open. */
function javaFamily(name: string, names: readonly string[], versions: readonly string[]): Family {
  return {
    names,
    start: async (folder) => {
      const program = await build(name, versions);
      const classes = [path.join(program, 'classes'), path.join(program, 'libraries', '*')].join(':');
      const options = ['-XX:TieredStopAtLevel=1', `-Djava.io.tmpdir=${folder}`, '-cp', classes];
      const server = new Server({ name, program: 'java', args: [...options, 'Servers', ...names] });
      return listening(server, names);
    },
  };
}

/** The folder with the libraries and the compiled program. */
async function build(name: string, versions: readonly string[]): Promise<string> {
  const sources = path.join(import.meta.dirname, name);
  const pom = path.join(sources, 'pom.xml');
  const source = path.join(sources, 'Servers.java');
  const texts = [await readFile(pom, 'utf8'), await readFile(source, 'utf8')];
  return cached(placeOf(name, ...versions, ...texts), async (folder) => {
    for (const [program, debian] of [
      ['mvn', 'maven'],
      ['javac', 'default-jdk-headless'],
    ] as const) {
      if ((await findOnPath(program)) !== undefined) continue;
      throw new Error(
        `${program} is missing, which builds servers to test. Debian: apt-get install ${debian}`,
      );
    }
    console.error(`Fetching the servers of test/paths/${name} from Maven Central …`);
    const libraries = path.join(folder, 'libraries');
    const options = ['-DincludeScope=runtime', `-DoutputDirectory=${libraries}`];
    await mustRun('mvn', ['-B', '-q', '-f', pom, copyGoal, ...versions, ...options]);
    const classes = path.join(folder, 'classes');
    await mustRun('javac', [
      '-proc:none',
      '-nowarn',
      '-cp',
      path.join(libraries, '*'),
      '-d',
      classes,
      source,
    ]);
  });
}
