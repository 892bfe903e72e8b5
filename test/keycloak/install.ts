/** Keycloak from Maven Central, unpacked once, and built once so that each start is quick and changes nothing. */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { cached, findOnPath } from '../../tools/cache.ts';
import { mustRun, run } from '../../tools/run.ts';

const version = '26.7.3';
const copyGoal = 'org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy';
const oldestJava = 17;

/** Fixed when Keycloak is built: a database in memory, nobody else in the cluster. */
const buildOptions = ['--db=dev-mem', '--health-enabled=false', '--metrics-enabled=false'];

/** The folder of the distribution, downloaded and prepared if need be; nothing may write there. */
export async function installKeycloak(): Promise<string> {
  await requireJava();
  return cached(`keycloak-${version}`, async (folder) => {
    if ((await findOnPath('mvn')) === undefined) {
      throw new Error('mvn is missing, which fetches Keycloak. Debian, Ubuntu: apt-get install maven');
    }
    console.error(`Fetching Keycloak ${version} from Maven Central …`);
    const artifact = `org.keycloak:keycloak-quarkus-dist:${version}:tar.gz`;
    const download = path.join(folder, 'download');
    await mustRun('mvn', ['-B', '-q', copyGoal, `-Dartifact=${artifact}`, `-DoutputDirectory=${download}`]);
    const archive = path.join(download, `keycloak-quarkus-dist-${version}.tar.gz`);
    await mustRun('tar', ['-xzf', archive, '-C', folder, '--strip-components=1']);
    await rm(download, { recursive: true });
    await mustRun(path.join(folder, 'bin', 'kc.sh'), ['build', ...buildOptions]);
  });
}

async function requireJava(): Promise<void> {
  const java = process.env.JAVA_HOME ? path.join(process.env.JAVA_HOME, 'bin', 'java') : 'java';
  const said = await run(java, ['-version']).catch(() => undefined);
  const major = Number(/version "(\d+)/.exec(said?.stderr ?? '')?.[1] ?? 0);
  if (major >= oldestJava) return;
  const problem = major === 0 ? 'Java is missing' : `Java is ${major}`;
  throw new Error(
    `${problem}; Keycloak needs ${oldestJava}. Debian, Ubuntu: apt-get install openjdk-17-jre-headless`,
  );
}
