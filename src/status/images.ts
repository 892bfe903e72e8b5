/** Whether the sidecars of a pod run other images than the chart's, and whether those come from another place. */

import type { Sidecars } from '../cluster/sidecar-parts.ts';
import { CAPTURE_CONTAINER, ENVOY_CONTAINER, VALIDATOR_CONTAINER } from '../injection/layout.ts';

export interface ChartImages {
  /** Of validator and capture. */
  readonly image: string;
  readonly envoyImage: string;
}

/** Of another tag or digest, or of another name; a mirror serves the same by its own address. */
export const hasOtherImages = ({ images }: Sidecars, chart: ChartImages): boolean =>
  pairsOf(images, chart).some(({ running, meant }) => isOther(running, meant));

/** `container portcullis-envoy: image other.example/envoy:v1`, of each that is of another repository than the chart's. */
export const foreignImages = ({ images }: Sidecars, chart: ChartImages): readonly string[] =>
  pairsOf(images, chart).flatMap(({ container, running, meant }) =>
    isForeign(running, meant) ? [`container ${container}: image ${running.slice(0, LONGEST)}`] : [],
  );

/** Characters that are shown. */
const LONGEST = 200;

interface Pair {
  readonly container: string;
  readonly running: string;
  readonly meant: string;
}

function pairsOf({ capture, validator, envoy }: Sidecars['images'], chart: ChartImages): readonly Pair[] {
  const pair = (container: string, running: string | undefined, meant: string): readonly Pair[] =>
    running === undefined || running === meant ? [] : [{ container, running, meant }];
  return [
    ...pair(CAPTURE_CONTAINER, capture, chart.image),
    ...pair(VALIDATOR_CONTAINER, validator, chart.image),
    ...pair(ENVOY_CONTAINER, envoy, chart.envoyImage),
  ];
}

interface Image {
  /** Registry and path: who may write there decides what runs. */
  readonly repository: string;
  /** The last part of it, which a mirror keeps. */
  readonly name: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

/** A registry between may serve it by its own address, and a policy of the cluster may add the digest. */
function isOther(running: string, meant: string): boolean {
  const [is, should] = [parse(running), parse(meant)];
  if (is.name !== should.name) return true;
  if (should.digest !== undefined) return is.digest !== should.digest;
  const isPinned = is.tag === undefined && is.digest !== undefined;
  return !isPinned && (is.tag ?? 'latest') !== (should.tag ?? 'latest');
}

/** The chart's digest is the chart's image, whichever registry serves it. */
function isForeign(running: string, meant: string): boolean {
  const [is, should] = [parse(running), parse(meant)];
  if (should.digest !== undefined && is.digest === should.digest) return false;
  return is.repository !== should.repository;
}

function parse(image: string): Image {
  const [path = '', digest] = image.split('@', 2);
  const slash = path.lastIndexOf('/') + 1;
  const [name = '', tag] = path.slice(slash).split(':', 2);
  return { repository: repositoryOf(`${path.slice(0, slash)}${name}`), name, tag, digest };
}

const DOCKER_HUB = /^(?:(?:index\.)?docker\.io\/)?(?:library\/)?/;
const WITH_REGISTRY = /^(?:localhost|[^/]*[.:][^/]*)\//;

/** Node runtimes read a name without a registry as Docker Hub's. */
function repositoryOf(path: string): string {
  const short = path.replace(DOCKER_HUB, '');
  return WITH_REGISTRY.test(short) ? short : `docker.io/${short}`;
}
