import { expect, it } from 'vitest';
import { pod } from '../testing/objects.ts';
import { hasOtherImages } from './images.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const OTHER = `sha256:${'b'.repeat(64)}`;
const IMAGE = 'ghcr.io/portcullis/portcullis:1.0.0';
const ENVOY = 'envoyproxy/envoy:distroless-v1.40.0';

function isOther(images: Readonly<Record<string, string>>, image = IMAGE): boolean {
  const initContainers = Object.entries({ capture: image, validator: image, envoy: ENVOY, ...images }).map(
    ([name, of]) => ({
      ...{ name: `portcullis-${name}`, image: of },
      ...(name !== 'capture' && { restartPolicy: 'Always' }),
    }),
  );
  const { object } = pod('shop/o', { spec: { initContainers } });
  if (object === undefined || !('sidecars' in object)) throw new Error('no pod');
  return hasOtherImages(object.sidecars, { image, envoyImage: ENVOY });
}

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
