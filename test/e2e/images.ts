/** The images of the tests: built and given to the node, or those that somebody has put where it finds them. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ENVOY_IMAGE } from '../../src/injection/images.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { buildEnvoyImage } from '../image/envoy.ts';
import { buildPortcullisImage } from '../image/images.ts';

export interface Images {
  readonly portcullis: string;
  /** The same under another tag, as the next version. */
  readonly next: string;
  readonly envoy: string;
}

const OURS = 'portcullis.test/portcullis';

/** E2E_IMAGE, E2E_NEXT_IMAGE and E2E_ENVOY_IMAGE name them for a cluster that is not ours. */
export async function provideImages(cluster: Cluster, environment: NodeJS.ProcessEnv): Promise<Images> {
  if (cluster.kind === 'existing') {
    const { E2E_IMAGE: portcullis, E2E_NEXT_IMAGE: next, E2E_ENVOY_IMAGE: envoy } = environment;
    if (!portcullis) throw new Error('E2E_IMAGE must name the image of Portcullis, where the nodes find it');
    return { portcullis, next: next || portcullis, envoy: envoy || ENVOY_IMAGE };
  }
  const images: Images = { portcullis: `${OURS}:1`, next: `${OURS}:2`, envoy: ENVOY_IMAGE };
  const folder = await mkdtemp(path.join(tmpdir(), 'portcullis-images-'));
  try {
    for (const name of [images.portcullis, images.next]) {
      const archive = path.join(folder, 'portcullis.tar');
      await buildPortcullisImage(name, archive);
      await cluster.importImage(archive);
    }
    const archive = path.join(folder, 'envoy.tar');
    await buildEnvoyImage(images.envoy, archive);
    await cluster.importImage(archive);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return images;
}
