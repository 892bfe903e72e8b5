/** What Envoy does with headers whose names hold an underscore. To CGI, WSGI and PHP, `x_auth_user` is `x-auth-user`. */

/** Drop: the header is left out, as nginx does. Reject: 400. Allow: it passes, unless it could be taken for one of ours. */
export const UNDERSCORE_CHOICES = ['Drop', 'Reject', 'Allow'] as const;
export type UnderscoreHeaders = (typeof UNDERSCORE_CHOICES)[number];

/** As Envoy spells them. */
export const UNDERSCORE_ACTIONS = {
  Drop: 'DROP_HEADER',
  Reject: 'REJECT_REQUEST',
  Allow: 'ALLOW',
} as const satisfies Readonly<Record<UnderscoreHeaders, string>>;

/** The spellings of a name with underscores for some or all of its hyphens: `x_a-b`, `x-a_b`, `x_a_b`. */
export function mixtures(name: string): readonly string[] {
  const [first = '', ...rest] = name.split('-');
  const all = rest.reduce<readonly string[]>(
    (spelt, part) => spelt.flatMap((text) => [`${text}-${part}`, `${text}_${part}`]),
    [first],
  );
  return all.filter((text) => text !== name);
}
