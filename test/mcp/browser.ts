/** A person's browser, without a window: it follows redirects and keeps the cookies of the one server that it visits. */

/** What no login needs. */
const MOST_REDIRECTS = 20;

export class Browser {
  readonly #cookies = new Map<string, string>();

  /** Opens an address, and says to which one below `end` it was led, where it stops. */
  async open(address: URL, end: string): Promise<URL> {
    let url = address;
    for (let redirects = 0; redirects < MOST_REDIRECTS; redirects++) {
      const response = await fetch(url, { redirect: 'manual', headers: { cookie: this.#sent() } });
      this.#keep(response.headers.getSetCookie());
      const location = response.headers.get('location');
      if (location === null) throw new Error(`${url.pathname}: ${response.status} ${await response.text()}`);
      await response.arrayBuffer();
      url = new URL(location, url);
      if (url.href.startsWith(end)) return url;
    }
    throw new Error(`${address.pathname} leads to no end`);
  }

  #sent(): string {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  /** A cookie that is taken back comes without a value. */
  #keep(cookies: readonly string[]): void {
    for (const cookie of cookies) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (value === '') this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
  }
}
