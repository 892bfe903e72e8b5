/** Request headers that some frameworks obey in place of the path and method that were judged. */

export const OVERRIDES = [
  'x-original-url',
  'x-rewrite-url',
  'x-http-method-override',
  'x-http-method',
  'x-method-override',
] as const;
