/** The chart in the cluster, as a user installs it. */

import type { JsonObject } from '../../src/base/json.ts';
import { CHART, HOME, helm } from '../chart/render.ts';
import type { Premises } from './world.ts';

/** `name:tag` as the chart's values have it; a port of a registry is no tag. */
function imageValues(image: string): JsonObject {
  const [, repository = image, tag = ''] = /^(.*?)(?::([^:/]+))?$/.exec(image) ?? [];
  return { repository, tag };
}

export const releaseValues = (
  { image, envoyImage, dualStack }: Pick<Premises, 'image' | 'envoyImage' | 'dualStack'>,
  more: JsonObject = {},
): JsonObject => ({
  image: imageValues(image),
  injection: { envoyImage: imageValues(envoyImage), imagePullPolicy: 'IfNotPresent' },
  rollout: { enabled: true },
  ...(dualStack && { listenHost: '[::]' }),
  ...more,
});

/** `helm upgrade --install --wait`; throws with what helm said. */
export async function installRelease(
  kubeconfig: string,
  values: JsonObject,
  ...more: readonly string[]
): Promise<string> {
  const args = ['upgrade', '--install', 'portcullis', CHART, '--namespace', HOME, '--create-namespace'];
  const { code, stdout, stderr } = await helm(
    [...args, '--wait', '--timeout', '4m', '--values', '-', ...more],
    JSON.stringify(values),
    kubeconfig,
  );
  if (code !== 0) throw new Error(stderr);
  return stdout;
}
