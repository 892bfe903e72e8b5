/** Real servers that serve the corpus' app, and how a program that holds some of them says where they listen. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { findOnPath } from '../../tools/cache.ts';
import { type Server, temporaryFolder } from '../support/server.ts';

/** Servers that come up and go together. */
export interface Family {
  /** The names of its servers, with the version that counts. */
  readonly names: readonly string[];
  /** `folder` is theirs to write to, and gone when they are. */
  readonly start: (folder: string) => Promise<Listening>;
}

export interface Listening {
  /** By the server's name. */
  readonly ports: ReadonlyMap<string, number>;
  readonly stop: () => Promise<void>;
}

/** Starts a family in a folder of its own. */
export async function started(family: Family): Promise<Listening> {
  const folder = await temporaryFolder('paths');
  try {
    const { ports, stop } = await family.start(folder.path);
    return { ports, stop: () => stop().finally(() => folder.remove()) };
  } catch (error) {
    await folder.remove();
    throw error;
  }
}

/** Waits until a program has printed `NAME listens on PORT` for all of its servers. */
export async function listening(program: Server, names: readonly string[]): Promise<Listening> {
  const find = async () => {
    const said = program.logs.matchAll(/^(.+) listens on (\d+)$/gm);
    const ports = new Map(Array.from(said, ([, name = '', port]) => [name, Number(port)]));
    return names.every((name) => ports.has(name)) ? ports : undefined;
  };
  try {
    return { ports: await program.until('listening', 120, find), stop: () => program.stop() };
  } catch (error) {
    await program.stop();
    throw error;
  }
}

/** Waits until a program that was given a port takes connections there. */
export async function listeningAt(program: Server, name: string, port: number): Promise<Listening> {
  const knock = async () => {
    const socket = connect({ port, host: '127.0.0.1' });
    await once(socket, 'connect').finally(() => socket.destroy());
    return true;
  };
  try {
    await program.until('listening', 120, knock);
    return { ports: new Map([[name, port]]), stop: () => program.stop() };
  } catch (error) {
    await program.stop();
    throw error;
  }
}

/** Where Debian has put a program. Throws with the way out where it has not. */
export async function fromDebian(program: string, name: string): Promise<string> {
  const found = await findOnPath(program);
  if (found === undefined) throw new Error(`${program} is missing. Debian, Ubuntu: apt-get install ${name}`);
  return found;
}

/** Names a place in the cache for what is made of these texts alone. */
export function placeOf(family: string, ...texts: readonly string[]): string {
  const digest = createHash('sha256').update(JSON.stringify(texts)).digest('hex');
  return `paths-${family}-${digest.slice(0, 16)}`;
}
