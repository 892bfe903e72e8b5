/** Where the authorities of the validators' certificates are kept in a cluster. */

/** The ConfigMap with what the validators' certificates are signed by: in their own namespace, too, and kept there. */
export const CA_CONFIG_MAP = 'portcullis-ca';
