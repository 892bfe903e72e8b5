/** What cases of alerts are made of: series of metrics, and their values over time in promtool's notation. */

export interface AlertCase {
  readonly alert: string;
  /** When it is looked at: after its `for`. */
  readonly at: string;
  readonly severity: 'critical' | 'warning' | 'info';
  /** Series and their values, in promtool's notation: `0+1x9` grows from 0 by 1, nine times. */
  readonly fires: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly summary: string;
  /** Where it is not the same for all. */
  readonly description?: string;
  readonly quiet: readonly Readonly<Record<string, string>>[];
}

/** Long enough for every `for`, and for the window of rates before it. */
export const SAMPLES = 900;
export const always = `1x${SAMPLES}`;
export const growing = `0+1x${SAMPLES}`;
export const still = `7x${SAMPLES}`;
/** It happened once, and not again. */
export const once = `0x4 1x${SAMPLES}`;

export const guarded = (reason: string) =>
  `portcullis_binding_not_guarded{namespace="shop",binding="orders",reason="${reason}",instance="a"}`;
export const ready = (status: string) =>
  `portcullis_binding_condition{namespace="shop",binding="orders",type="Ready",status="${status}"}`;
export const decisions = (outcome: string, reason: string, binding = 'shop/orders') =>
  `portcullis_decisions_total{binding="${binding}",outcome="${outcome}",reason="${reason}",pod="p"}`;
export const keys = (state: string) =>
  `portcullis_source_keys{namespace="shop",source="okta",state="${state}"}`;
export const leader = (instance: string) => `portcullis_leader{namespace="home",instance="${instance}"}`;
export const validators = (state: string) =>
  `portcullis_validators{namespace="home",state="${state}",instance="a"}`;
export const expiry =
  'portcullis_certificate_expiry_timestamp_seconds{namespace="home",certificate="server"}';
export const watch = 'portcullis_watch_age_seconds{namespace="home",kind="Pod"}';
export const refused = (result: string, reason = '') =>
  `portcullis_injections_total{result="${result}",reason="${reason}"}`;
export const unanswered = (prefix: string) =>
  `envoy_http_ext_authz_error{namespace="shop",pod="p",envoy_ext_authz_prefix="${prefix}",envoy_http_conn_manager_prefix="guarded_8080"}`;
export const undecided = (manager: string) =>
  `envoy_http_rbac_denied{namespace="shop",pod="p",envoy_http_conn_manager_prefix="${manager}"}`;

export const binding = { namespace: 'shop', binding: 'orders' };
export const source = { namespace: 'shop', source: 'okta' };
export const home = { namespace: 'home' };
export const DAY = 86_400;
