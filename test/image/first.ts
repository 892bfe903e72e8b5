/** The images of a first look, under the names that README.md and examples/kubernetes have, made where none can be pulled. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ENVOY_IMAGE } from '../../src/injection/images.ts';
import { VERSION } from '../../src/telemetry/version.ts';
import { buildEnvoyImage } from './envoy.ts';
import { buildDemoImage, buildPortcullisImage } from './images.ts';

const REGISTRY = 'registry.example';

/** @param take is given the archive of each. Returns their names. */
export async function buildFirstImages(take: (archive: string) => Promise<void>): Promise<readonly string[]> {
  const images: Readonly<Record<string, (name: string, archive: string) => Promise<unknown>>> = {
    [`${REGISTRY}/portcullis:${VERSION}`]: buildPortcullisImage,
    [`${REGISTRY}/portcullis-demo:${VERSION}`]: buildDemoImage,
    [ENVOY_IMAGE]: buildEnvoyImage,
  };
  const folder = await mkdtemp(path.join(tmpdir(), 'portcullis-images-'));
  try {
    for (const [name, build] of Object.entries(images)) {
      const archive = path.join(folder, 'image.tar');
      await build(name, archive);
      await take(archive);
      await rm(archive);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return Object.keys(images);
}
