/** Keycloak's administration over REST, as its administrator. */

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

export class Admin {
  /** Keycloak's own address. */
  readonly url: string;
  readonly #credentials: Credentials;
  #token: string | undefined;

  constructor(url: string, credentials: Credentials) {
    this.url = url;
    this.#credentials = credentials;
  }

  /** `path` stands below /admin/realms. Returns the JSON of the answer, if it has any; throws for any status but 2xx. */
  async call(method: Method, path: string, body?: unknown): Promise<unknown> {
    let response = await this.#send(method, path, body);
    if (response.status === 401) {
      this.#token = undefined; // they live for a minute
      response = await this.#send(method, path, body);
    }
    const text = await response.text();
    if (!response.ok) throw new Error(`Keycloak: ${method} /admin/realms${path}: ${response.status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }

  async #send(method: Method, path: string, body: unknown): Promise<Response> {
    this.#token ??= (await passwordGrant(`${this.url}/realms/master`, 'admin-cli', this.#credentials)).access;
    return fetch(`${this.url}/admin/realms${path}`, {
      method,
      headers: { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  }
}

export interface Tokens {
  readonly access: string;
  readonly id: string;
}

/** Tokens by OAuth's password grant (RFC 6749 section 4.3), for a public client of the realm at `issuer`. */
export async function passwordGrant(
  issuer: string,
  clientId: string,
  credentials: Credentials,
): Promise<Tokens> {
  const response = await fetch(`${issuer}/protocol/openid-connect/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'password',
      client_id: clientId,
      username: credentials.user,
      password: credentials.password,
      scope: 'openid',
    }),
  });
  const answer = (await response.json()) as { access_token?: unknown; id_token?: unknown };
  const { access_token: access, id_token: id } = answer;
  if (typeof access === 'string' && typeof id === 'string') return { access, id };
  throw new Error(`Keycloak gave no tokens: ${response.status} ${JSON.stringify(answer)}`);
}
