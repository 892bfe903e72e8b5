/** The images of the tests: built and given to the node, or those that somebody has put where it finds them. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ENVOY_IMAGE } from '../../src/injection/images.ts';
import { type Cluster, openCluster } from '../cluster/cluster.ts';
import { buildEnvoyImage } from '../image/envoy.ts';
import { buildPortcullisImage } from '../image/images.ts';

export interface Images {
  readonly portcullis: string;
  /** The same under another tag, as the next version. */
  readonly next: string;
  readonly envoy: string;
}

const OURS = 'portcullis.test/portcullis';

/**
 * E2E_IMAGE, E2E_NEXT_IMAGE and E2E_ENVOY_IMAGE name them for a cluster that is not ours.
 *
 * @param starting ours: the images are built meanwhile.
 */
export async function provideImages(
  starting: Promise<Cluster>,
  environment: NodeJS.ProcessEnv,
): Promise<Images> {
  if (environment.E2E_KUBECONFIG) {
    const { E2E_IMAGE: portcullis, E2E_NEXT_IMAGE: next, E2E_ENVOY_IMAGE: envoy } = environment;
    if (!portcullis) throw new Error('E2E_IMAGE must name the image of Portcullis, where the nodes find it');
    return { portcullis, next: next || portcullis, envoy: envoy || ENVOY_IMAGE };
  }
  const images: Images = { portcullis: `${OURS}:1`, next: `${OURS}:2`, envoy: ENVOY_IMAGE };
  const folder = await mkdtemp(path.join(tmpdir(), 'portcullis-images-'));
  const provide = async (name: string, build: typeof buildEnvoyImage | typeof buildPortcullisImage) => {
    const archive = path.join(folder, build.name);
    await build(name, archive);
    await (await starting).importImage(archive);
  };
  try {
    await Promise.all([
      provide(images.portcullis, buildPortcullisImage),
      provide(images.envoy, buildEnvoyImage),
    ]);
    await (await starting).nameImage(images.portcullis, images.next);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return images;
}

/** Gives our cluster what each of these has archived in a folder of its own. */
export async function importImages(
  ...archives: readonly ((folder: string) => Promise<string>)[]
): Promise<void> {
  const cluster = await openCluster();
  for (const archive of archives) {
    const folder = await mkdtemp(path.join(tmpdir(), 'portcullis-images-'));
    try {
      await cluster.importImage(await archive(folder));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
}
