import { describe, expect, it } from 'vitest';
import type { Sidecars } from '../cluster/sidecar-parts.ts';
import { pod } from '../cluster/testing/objects.ts';
import { foreignImages, hasOtherImages } from './images.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const OTHER = `sha256:${'b'.repeat(64)}`;
const IMAGE = 'ghcr.io/portcullis/portcullis:1.0.0';
const ENVOY = 'envoyproxy/envoy:distroless-v1.40.0';

type Images = Readonly<Record<string, string>>;

/** @param reported digests, by the kubelet. */
function sidecarsOf(images: Images, image: string, reported: Images = {}): Sidecars {
  const initContainers = Object.entries({ capture: image, validator: image, envoy: ENVOY, ...images }).map(
    ([name, of]) => ({
      name: `portcullis-${name}`,
      image: of,
      ...(name !== 'capture' && { restartPolicy: 'Always' }),
    }),
  );
  const initContainerStatuses = Object.entries(reported).map(([name, digest]) => ({
    name: `portcullis-${name}`,
    imageID: `other.example/x@${digest}`,
  }));
  const { object } = pod('shop/o', { spec: { initContainers }, status: { initContainerStatuses } });
  if (object === undefined || !('sidecars' in object)) throw new Error('no pod');
  return object.sidecars;
}

const chart = (image: string) => ({ image, envoyImage: ENVOY });
const isOther = (images: Images, image = IMAGE, reported: Images = {}): boolean =>
  hasOtherImages(sidecarsOf(images, image, reported), chart(image));

it.each<[boolean, string, Readonly<Record<string, string>>, string?]>([
  [false, "the chart's", {}],
  [false, 'a mirror', { validator: 'mirror.example:5000/x/portcullis:1.0.0', envoy: `m.example/${ENVOY}` }],
  [false, 'the digest of the tag', { validator: `${IMAGE}@${DIGEST}` }],
  [false, 'a digest that has taken the place of the tag', { validator: `ghcr.io/p/portcullis@${DIGEST}` }],
  [true, 'another tag of the validator', { validator: 'ghcr.io/portcullis/portcullis:0.9.0' }],
  [true, 'another tag of capture', { capture: 'ghcr.io/portcullis/portcullis:0.9.0' }],
  [true, 'another tag of Envoy', { envoy: 'envoyproxy/envoy:distroless-v1.39.0' }],
  [true, 'no tag', { validator: 'ghcr.io/portcullis/portcullis' }],
  [true, 'another Envoy', { envoy: 'example.com/proxy:distroless-v1.40.0' }],
  [true, 'another name', { validator: 'ghcr.io/portcullis/something:1.0.0' }],
  [false, "the chart's digest", {}, `${IMAGE}@${DIGEST}`],
  [true, 'another digest', { validator: `${IMAGE}@${OTHER}` }, `${IMAGE}@${DIGEST}`],
  [true, "the tag without the chart's digest", { validator: IMAGE }, `${IMAGE}@${DIGEST}`],
])('are others: %s, for %s', (expected, _, images, image) => {
  expect(isOther(images, image)).toBe(expected);
});

it("are the chart's where the kubelet reports its digest, whatever the tag", () => {
  const pinned = `${IMAGE}@${DIGEST}`;
  const both = (digest: string) => ({ capture: digest, validator: digest });
  const tagged = { capture: IMAGE, validator: IMAGE };
  expect(isOther(tagged, pinned, both(DIGEST))).toBe(false);
  expect(isOther(tagged, pinned, both(OTHER))).toBe(true);
  expect(isOther(tagged, pinned, { capture: DIGEST })).toBe(true);
  // What the pod itself says is what the kubelet runs.
  expect(isOther({ ...tagged, validator: `${IMAGE}@${OTHER}` }, pinned, both(DIGEST))).toBe(true);
});

describe('of another repository', () => {
  const foreign = (images: Images, image = IMAGE, reported: Images = {}) =>
    foreignImages(sidecarsOf(images, image, reported), chart(image)).map((text) =>
      text.replace(/^container portcullis-/, ''),
    );

  it.each<[Images, string?]>([
    [{}],
    [{ validator: 'ghcr.io/portcullis/portcullis:0.9.0' }],
    [{ validator: `ghcr.io/portcullis/portcullis@${OTHER}` }],
    [{ envoy: 'docker.io/envoyproxy/envoy:distroless-v1.39.0' }],
    [{ envoy: 'index.docker.io/envoyproxy/envoy' }],
    [{ validator: 'docker.io/library/portcullis:1', capture: 'library/portcullis:2' }, 'portcullis:1'],
    [{ validator: `mirror.example/x:1@${DIGEST}` }, `${IMAGE}@${DIGEST}`],
  ])('is none of %j', (images, image) => {
    expect(foreign(images, image)).toEqual([]);
  });

  it.each<[string, Images, string?]>([
    ['validator: image evil.example/portcullis:1.0.0', { validator: 'evil.example/portcullis:1.0.0' }],
    ['capture: image evil/portcullis:1.0.0', { capture: 'evil/portcullis:1.0.0' }],
    ['validator: image portcullis:1.0.0', { validator: 'portcullis:1.0.0' }],
    [
      'validator: image ghcr.io:444/portcullis/portcullis',
      { validator: 'ghcr.io:444/portcullis/portcullis' },
    ],
    [
      'envoy: image docker.io.evil.example/envoyproxy/envoy',
      { envoy: 'docker.io.evil.example/envoyproxy/envoy' },
    ],
    ['envoy: image localhost/envoyproxy/envoy', { envoy: 'localhost/envoyproxy/envoy' }],
    [
      `validator: image mirror.example/x:1@${OTHER}`,
      { validator: `mirror.example/x:1@${OTHER}` },
      `${IMAGE}@${DIGEST}`,
    ],
    // The same digest as the chart's is nothing to go by where the chart names none.
    [`validator: image m.example/x@${DIGEST}`, { validator: `m.example/x@${DIGEST}` }],
  ])('is %s', (expected, images, image) => {
    expect(foreign(images, image)).toEqual([expected]);
  });

  it('is none whose digest the kubelet reports as the chart has it', () => {
    const mirrored = { validator: 'mirror.example/portcullis:1.0.0' };
    const pinned = `${IMAGE}@${DIGEST}`;
    expect(foreign(mirrored, pinned, { validator: DIGEST })).toEqual([]);
    expect(foreign(mirrored, pinned, { validator: OTHER })).toHaveLength(1);
    expect(foreign(mirrored, IMAGE, { validator: DIGEST })).toHaveLength(1);
  });
});
