/** What Envoy does with X-Forwarded-For, by which an app behind it knows where a request came from. */

/** Append: the caller of the pod comes last in it. Keep: it is what the client sent. */
export const FORWARDED_FOR_CHOICES = ['Append', 'Keep'] as const;
export type ForwardedFor = (typeof FORWARDED_FOR_CHOICES)[number];
