/** How the headers of a request are read, wherever it comes from. */

/**
 * Headers by lower-case name, and nothing else: no `constructor` that every object has by nature. A class,
 * because objects made by `Object.create(null)` are twice as slow to fill.
 */
export class HeaderTable {
  [name: string]: string | undefined;
}
Object.setPrototypeOf(HeaderTable.prototype, null);
Reflect.deleteProperty(HeaderTable.prototype, 'constructor');

/** A port that no binding names: only bindings for any port apply. */
const NO_PORT = 0;

/** The port in `x-portcullis-port`: absent = any, and nonsense is no port rather than any. */
export function readPort(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  return /^\d{1,5}$/.test(header) ? Number(header) : NO_PORT;
}

/** The headers of a request, filled one by one. */
export class HeaderLines {
  readonly headers = new HeaderTable();
  /** Nearly always none: then no set is made. */
  doubled: Set<string> | undefined;

  /** @param name in lower case. */
  add(name: string, value: string): void {
    const before = this.headers[name];
    if (before !== undefined) {
      this.doubled ??= new Set();
      this.doubled.add(name);
    }
    this.headers[name] = joinHeader(name, before, value);
  }
}

/** Doubled headers as one value (RFC 9110 section 5.3; RFC 6265 section 5.4 for Cookie). */
function joinHeader(name: string, before: string | undefined, value: string): string {
  if (before === undefined) return value;
  return name === 'cookie' ? `${before}; ${value}` : `${before}, ${value}`;
}
