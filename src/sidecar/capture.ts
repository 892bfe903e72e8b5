/** The nftables rules that lead guarded ports to Envoy, and leave no other way there, inside a pod's own network. */

export interface Capture {
  /** As clients know it. */
  readonly port: number;
  /** Envoy's, for this port alone. */
  readonly listener: number;
}

export type ParsedCaptures =
  | { readonly kind: 'captures'; readonly captures: readonly Capture[] }
  | { readonly kind: 'refused'; readonly problem: string };

const PAIR = /^([1-9]\d{0,4})=([1-9]\d{0,4})$/;
const MAX_PORT = 65_535;

/** Reads pairs such as `8080=15906`. */
export function parseCaptures(pairs: readonly string[]): ParsedCaptures {
  const captures: Capture[] = [];
  for (const pair of pairs) {
    const [port = 0, listener = 0] = PAIR.exec(pair)?.slice(1).map(Number) ?? [];
    if (port === 0 || port > MAX_PORT || listener > MAX_PORT) {
      return refused(`${JSON.stringify(pair)} is not PORT=LISTENER, such as 8080=15906`);
    }
    captures.push({ port, listener });
  }
  const ports = captures.map(({ port }) => port);
  const listeners = captures.map(({ listener }) => listener);
  const twice = ports.find((port, i) => ports.indexOf(port) !== i);
  if (twice !== undefined) return refused(`the port ${twice} is given twice`);
  // Envoy knows the port by the listener that a request came to.
  const shared = listeners.find((listener, i) => listeners.indexOf(listener) !== i);
  if (shared !== undefined) return refused(`the listener ${shared} is given for two ports`);
  const both = ports.find((port) => listeners.includes(port));
  if (both !== undefined) return refused(`${both} is both a port and a listener`);
  return { kind: 'captures', captures };
}

const refused = (problem: string): ParsedCaptures => ({ kind: 'refused', problem });

const TABLE = 'inet portcullis';
/** All by which Kubernetes leads anything to a port. */
const PROTOCOLS = ['tcp', 'udp', 'sctp'];

/**
 * One transaction for nft, which replaces what an earlier run has left: there is no moment without rules.
 *
 * What comes in over loopback is let through: Envoy's and the probes' own connections (from 127.0.0.6 and ::1)
 * and those of the app's containers. The interface says so, and not the sender's address, which could be forged.
 *
 * The kernel leads a connection elsewhere by its first packet alone, so one that it knows from before the rules would
 * go on to the app: whatever is still for a guarded port when it is about to come in was not led to Envoy, and is
 * dropped. So are UDP and SCTP, which have no listener: HTTP/3 to an app on the same number would go past Envoy. Only answers to
 * what the pod itself has asked come in, for its questions (DNS) and connections may leave from any port.
 */
export function captureRules(captures: readonly Capture[]): string {
  const redirects = captures.map(({ port, listener }) => `    tcp dport ${port} redirect to :${listener}`);
  const drops = captures.flatMap(({ port }) =>
    PROTOCOLS.map((protocol) => `    ${protocol} dport ${port} drop`),
  );
  return `table ${TABLE}
delete table ${TABLE}
table ${TABLE} {
  chain capture {
    type nat hook prerouting priority -100; policy accept;
    iifname "lo" accept
${redirects.join('\n')}
  }
  chain entry {
    type filter hook input priority 0; policy accept;
    iifname "lo" accept
    ct direction reply accept
${drops.join('\n')}
  }
}
`;
}
