/** The images of sidecars where no option names others. */

/** Of validator and capture: the product's own. */
export const productImage = (version: string): string => `portcullis:${version}`;

export const ENVOY_IMAGE = 'envoyproxy/envoy:distroless-v1.40.0';
