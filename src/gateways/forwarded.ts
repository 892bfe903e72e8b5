/** The request headers that a gateway has to be told of by name, because an answer cannot have it take others away. */

export interface ForwardedHeaders {
  /** What bindings forward, in lower case: taken from the answer, and from no client. */
  readonly names: readonly string[];
  /** Headers that some binding takes the token out of: taken from the answer, too. */
  readonly tokens: readonly string[];
}

/** Those of a binding that says nothing of its own. */
export const USUAL_HEADERS: ForwardedHeaders = {
  names: ['x-auth-user', 'x-auth-roles', 'x-auth-scopes', 'x-auth-source'],
  tokens: [],
};

/** As people write a header's name: `X-Auth-User`. */
export const headerCase = (name: string): string =>
  name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
