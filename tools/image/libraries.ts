/** What a program needs to start: the shared libraries that the dynamic linker finds for it. */
import { mustRun } from '../run.ts';

/** The files that `ldd` names for a program, its linker among them. */
export async function librariesOf(program: string): Promise<readonly string[]> {
  return parseLdd(await mustRun('ldd', [program]));
}

/** Throws where a library is missing: the image would not start. */
export function parseLdd(output: string): readonly string[] {
  const missing = /^\s*(\S+) => not found/m.exec(output)?.[1];
  if (missing !== undefined) {
    throw new Error(
      `The library ${missing} is missing in the base image: choose another BASE, or install it there.`,
    );
  }
  return [...output.matchAll(/^\s*(?:\S+ => )?(\/\S+) \(0x[0-9a-f]+\)$/gm)].flatMap(([, file]) => file ?? []);
}
