/** The statuses that a refusal can have, besides the redirect to a login page: what hands refusals on has to know them all. */

export const DENIAL_STATUSES = [400, 401, 403, 405, 503] as const;

export type DenialStatus = (typeof DENIAL_STATUSES)[number];
