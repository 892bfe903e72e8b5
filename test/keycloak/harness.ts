/** A real Keycloak on a free port of 127.0.0.1, its database in memory. */
import { cp, symlink } from 'node:fs/promises';
import path from 'node:path';
import { freePorts, Server, temporaryFolder } from '../support/server.ts';
import { Admin } from './admin.ts';
import { installKeycloak } from './install.ts';
import { createRealm, type Realm } from './realm.ts';

export interface Keycloak {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** A new realm, with further members of Keycloak's RealmRepresentation if given. */
  createRealm(name: string, settings?: Readonly<Record<string, unknown>>): Promise<Realm>;
  logs(): string;
  /** A provider that is down is one that was stopped. */
  stop(): Promise<void>;
}

const administrator = { user: 'admin', password: 'admin' };

/** Seconds to come up: 8 on two idle cores. */
const startLimit = 240;

/**
 * Starts Keycloak and waits until it answers. Downloads and prepares it first where that was not done yet.
 *
 * @param wantedPort absent = a free one.
 */
export async function startKeycloak(wantedPort?: number): Promise<Keycloak> {
  const distribution = await installKeycloak();
  const folder = await temporaryFolder('keycloak');
  const port = wantedPort ?? (await freePorts(1))[0];
  const url = `http://127.0.0.1:${port}`;
  const server = new Server({
    name: 'keycloak',
    program: await home(distribution, folder.path),
    args: [
      ...['start', '--optimized', '--http-enabled=true', '--http-host=127.0.0.1', `--http-port=${port}`],
      // Its own address for what is asked from behind, whatever frontendUrl a realm is known by.
      ...[`--hostname=${url}`, '--hostname-backchannel-dynamic=true'],
      ...['--cache=local', '--log-level=warn'],
    ],
    env: {
      KC_BOOTSTRAP_ADMIN_USERNAME: administrator.user,
      KC_BOOTSTRAP_ADMIN_PASSWORD: administrator.password,
      JAVA_OPTS_KC_HEAP: '-Xms64m -Xmx512m',
      // On two cores that others use too, a collector with threads of its own does not pay.
      JAVA_OPTS_APPEND: '-XX:-UseG1GC -XX:+UseSerialGC',
    },
  });
  const stop = async () => {
    await server.stop();
    await folder.remove();
  };
  try {
    await server.until('ready', startLimit, async () => {
      const response = await fetch(`${url}/realms/master`);
      await response.arrayBuffer();
      return response.ok ? true : undefined;
    });
    const admin = new Admin(url, administrator);
    return {
      url,
      createRealm: (name, settings) => createRealm(admin, name, settings),
      logs: () => server.logs,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Keycloak writes beside its own files: each instance gets a home that only borrows the large ones. */
async function home(distribution: string, folder: string): Promise<string> {
  for (const own of ['bin', 'conf']) {
    await cp(path.join(distribution, own), path.join(folder, own), { recursive: true });
  }
  for (const borrowed of ['lib', 'providers', 'themes']) {
    await symlink(path.join(distribution, borrowed), path.join(folder, borrowed));
  }
  return path.join(folder, 'bin', 'kc.sh');
}
