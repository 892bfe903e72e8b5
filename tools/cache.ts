/** Things that are downloaded or built once, kept in the user's cache folder and shared by all checkouts. */
import { access, constants, mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';

/** `~/.cache/portcullis`, or below XDG_CACHE_HOME. */
export function cacheFolder(): string {
  return path.join(process.env.XDG_CACHE_HOME || path.join(homedir(), '.cache'), 'portcullis');
}

/**
 * The folder `name` of the cache, made by `make` if it is not there yet. `make` fills a folder beside it, which is
 * renamed when it is whole: a maker that is killed leaves nothing that looks finished, and of two makers at once
 * the second one's work is thrown away.
 */
export async function cached(name: string, make: (folder: string) => Promise<void>): Promise<string> {
  const place = path.join(cacheFolder(), name);
  if (await exists(place)) return place;

  await mkdir(cacheFolder(), { recursive: true });
  const workshop = await mkdtemp(`${place}.`);
  try {
    await make(workshop);
    await rename(workshop, place).catch(async (error: unknown) => {
      if (!(await exists(place))) throw error;
    });
  } finally {
    await rm(workshop, { recursive: true, force: true });
  }
  return place;
}

/** Whether something stands at `place`. */
export async function exists(place: string): Promise<boolean> {
  return access(place).then(
    () => true,
    () => false,
  );
}

/** The first program of this name on the PATH, or undefined. */
export async function findOnPath(program: string): Promise<string | undefined> {
  for (const folder of (process.env.PATH ?? '').split(path.delimiter)) {
    const candidate = path.join(folder, program);
    if (folder !== '' && (await isProgram(candidate))) return candidate;
  }
  return undefined;
}

async function isProgram(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}
