/** Whether the sidecars of a pod run other images than the chart's: of another tag or digest, or of another name. */

import type { Sidecars } from '../cluster/objects.ts';

export interface ChartImages {
  /** Of validator and capture. */
  readonly image: string;
  readonly envoyImage: string;
}

export function hasOtherImages({ images }: Sidecars, { image, envoyImage }: ChartImages): boolean {
  const { capture, validator, envoy } = images;
  return isOther(capture, image) || isOther(validator, image) || isOther(envoy, envoyImage);
}

interface Image {
  /** Without registry and path, which a mirror replaces. */
  readonly name: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

/** A registry between may serve it by its own address, and a policy of the cluster may add the digest. */
function isOther(running: string | undefined, meant: string): boolean {
  if (running === undefined || running === meant) return false;
  const [is, should] = [parse(running), parse(meant)];
  if (is.name !== should.name) return true;
  if (should.digest !== undefined) return is.digest !== should.digest;
  const isPinned = is.tag === undefined && is.digest !== undefined;
  return !isPinned && (is.tag ?? 'latest') !== (should.tag ?? 'latest');
}

function parse(image: string): Image {
  const [path = '', digest] = image.split('@', 2);
  const last = path.slice(path.lastIndexOf('/') + 1);
  const [name = '', tag] = last.split(':', 2);
  return { name, tag, digest };
}
