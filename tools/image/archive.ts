/** An image's archive: a tar file with a manifest.json, in docker's layout or OCI's. */
import { createReadStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createGzip } from 'node:zlib';
import { mustRun } from '../run.ts';

export interface ImageFacts {
  /** Digest of the image's configuration, and so of all that is in the image. */
  readonly id: string;
  /** In bytes. */
  readonly size: number;
  /** As a registry would send it: gzipped. */
  readonly compressedSize: number;
  /** What the uppermost layer has at the place that was asked for. */
  readonly content: string | undefined;
}

export async function readArchive(file: string, place: string | undefined): Promise<ImageFacts> {
  const { id, uppermost } = parseManifest(await extract(file, 'manifest.json'));
  return {
    id,
    size: (await stat(file)).size,
    compressedSize: await gzippedSize(file),
    content: place === undefined ? undefined : await inLayer(file, uppermost, place),
  };
}

/** The configuration's file is named by its digest: `<hex>.json`, or `blobs/sha256/<hex>`. */
export function parseManifest(text: string): { readonly id: string; readonly uppermost: string } {
  const hex = /"Config":\s*"(?:blobs\/sha256\/)?([0-9a-f]{64})(?:\.json)?"/.exec(text)?.[1];
  const layers = /"Layers":\s*\[([^\]]*)\]/.exec(text)?.[1] ?? '';
  const uppermost = /"([^"]+)"\s*$/.exec(layers)?.[1];
  if (hex === undefined || uppermost === undefined) {
    throw new Error('The manifest.json in the archive names no configuration, or no layer.');
  }
  return { id: `sha256:${hex}`, uppermost };
}

const extract = (archive: string, file: string) =>
  mustRun('tar', ['--extract', '--to-stdout', '--file', archive, file]);

/** From a file of its own, since tar sees only there whether a layer is compressed. */
async function inLayer(archive: string, layer: string, place: string): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'portcullis-layer-'));
  try {
    await mustRun('tar', ['--extract', '--file', archive, '--directory', folder, layer]);
    return await extract(path.join(folder, layer), place);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function gzippedSize(file: string): Promise<number> {
  let size = 0;
  const chunks: AsyncIterable<Buffer> = createReadStream(file).pipe(createGzip());
  for await (const chunk of chunks) size += chunk.length;
  return size;
}
