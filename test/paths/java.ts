/** Servlet containers, and Spring in them, from Maven Central. Each folder is one program with all its servers. */
import path from 'node:path';
import { javaProgram } from '../support/java.ts';
import { Server } from '../support/server.ts';
import { type Family, listening } from './server.ts';

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
      const sources = path.join(import.meta.dirname, name);
      const classes = await javaProgram(`paths-${name}`, sources, 'Servers.java', versions);
      const options = ['-XX:TieredStopAtLevel=1', `-Djava.io.tmpdir=${folder}`, '-cp', classes];
      const server = new Server({ name, program: 'java', args: [...options, 'Servers', ...names] });
      return listening(server, names);
    },
  };
}
