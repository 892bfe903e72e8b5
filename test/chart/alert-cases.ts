/** For each alert: series at which it fires, with what it says, and series at which it does not. One sample every 30 s. */

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
const SAMPLES = 900;
const always = `1x${SAMPLES}`;
const growing = `0+1x${SAMPLES}`;
const still = `7x${SAMPLES}`;
/** It happened once, and not again. */
const once = `0x4 1x${SAMPLES}`;

const guarded = (reason: string) =>
  `portcullis_binding_not_guarded{namespace="shop",binding="orders",reason="${reason}",instance="a"}`;
const ready = (status: string) =>
  `portcullis_binding_condition{namespace="shop",binding="orders",type="Ready",status="${status}"}`;
const decisions = (outcome: string, reason: string, binding = 'shop/orders') =>
  `portcullis_decisions_total{binding="${binding}",outcome="${outcome}",reason="${reason}",pod="p"}`;
const keys = (state: string) => `portcullis_source_keys{namespace="shop",source="okta",state="${state}"}`;
const leader = (instance: string) => `portcullis_leader{namespace="home",instance="${instance}"}`;
const validators = (state: string) => `portcullis_validators{namespace="home",state="${state}",instance="a"}`;
const expiry = 'portcullis_certificate_expiry_timestamp_seconds{namespace="home",certificate="server"}';
const watch = 'portcullis_watch_age_seconds{namespace="home",kind="Pod"}';
const refused = (result: string, reason = '') =>
  `portcullis_injections_total{result="${result}",reason="${reason}"}`;
const unanswered = (prefix: string) =>
  `envoy_http_ext_authz_error{namespace="shop",pod="p",envoy_ext_authz_prefix="${prefix}",envoy_http_conn_manager_prefix="guarded_8080"}`;
const undecided = (manager: string) =>
  `envoy_http_rbac_denied{namespace="shop",pod="p",envoy_http_conn_manager_prefix="${manager}"}`;

const binding = { namespace: 'shop', binding: 'orders' };
const source = { namespace: 'shop', source: 'okta' };
const home = { namespace: 'home' };
const DAY = 86_400;

export const ALERT_CASES: readonly AlertCase[] = [
  {
    ...{ alert: 'PortcullisApiOpen', at: '16m', severity: 'critical' },
    fires: { [guarded('PodsUnguarded')]: always },
    labels: { ...binding, reason: 'PodsUnguarded' },
    summary: 'ApiBinding shop/orders: its API can be reached without being judged (PodsUnguarded).',
    // Refused pods leave nothing open; and a rollout is over before a quarter of an hour is.
    quiet: [
      { [guarded('PodsRefused')]: always },
      { [guarded('NeverAsked')]: always },
      { [guarded('PodsUnguarded')]: '1x20' },
    ],
  },
  {
    ...{ alert: 'PortcullisGuardUnproven', at: '65m', severity: 'warning' },
    fires: { [guarded('NeverAsked')]: always },
    labels: { ...binding, reason: 'NeverAsked' },
    summary: 'ApiBinding shop/orders: it cannot be told whether its API is guarded (NeverAsked).',
    quiet: [{ [guarded('PodsUnguarded')]: always }, { [guarded('NeverAsked')]: '1x60' }],
  },
  {
    ...{ alert: 'PortcullisBindingNotReady', at: '16m', severity: 'warning' },
    fires: { [ready('False')]: always, [guarded('PodsRefused')]: always },
    labels: binding,
    summary: 'ApiBinding shop/orders is not Ready.',
    quiet: [
      { [ready('True')]: always },
      // There is another alert on that.
      { [ready('False')]: always, [guarded('PodsUnguarded')]: always },
    ],
  },
  {
    ...{ alert: 'PortcullisRefusalsNotEnforced', at: '7h', severity: 'info' },
    fires: {
      [decisions('audit_denied', 'token_missing')]: growing,
      [decisions('allowed', 'disabled')]: growing,
    },
    labels: { binding: 'shop/orders' },
    summary: 'ApiBinding shop/orders lets requests in unjudged, or against its own rules.',
    quiet: [
      { [decisions('denied', 'token_missing')]: growing, [decisions('allowed', 'authenticated')]: growing },
      { [decisions('audit_denied', 'token_missing')]: once },
    ],
  },
  {
    ...{ alert: 'PortcullisPodsRefused', at: '15m', severity: 'warning' },
    fires: { [refused('refused', 'HostNetwork')]: growing },
    labels: { reason: 'HostNetwork' },
    summary: 'Pods are refused at admission, because they cannot be guarded (HostNetwork).',
    quiet: [{ [refused('injected')]: growing }, { [refused('refused', 'HostNetwork')]: still }],
  },
  {
    ...{ alert: 'PortcullisKeysUnavailable', at: '10m', severity: 'critical' },
    fires: { [decisions('denied', 'keys_unavailable')]: growing },
    labels: { binding: 'shop/orders' },
    summary: 'ApiBinding shop/orders refuses callers with 503, because a source has no keys.',
    quiet: [
      { [decisions('denied', 'key_unknown')]: growing },
      { [decisions('denied', 'keys_unavailable')]: once },
    ],
  },
  {
    ...{ alert: 'PortcullisCannotJudge', at: '10m', severity: 'critical' },
    fires: { [decisions('denied', 'policy_missing', '')]: growing },
    labels: { reason: 'policy_missing' },
    summary: 'Requests are refused with 503 through no fault of their callers (policy_missing).',
    description: 'Validators cannot judge them.',
    quiet: [
      { [decisions('denied', 'token_expired')]: growing },
      { [decisions('denied', 'overloaded')]: once },
    ],
  },
  {
    ...{ alert: 'PortcullisCannotJudge', at: '10m', severity: 'critical' },
    fires: { [decisions('denied', 'overloaded')]: growing },
    labels: { reason: 'overloaded', binding: 'shop/orders' },
    summary: 'Requests are refused with 503 through no fault of their callers (overloaded).',
    description: 'Validators cannot judge them; ApiBinding shop/orders.',
    quiet: [{ [decisions('denied', 'keys_unavailable')]: growing }],
  },
  {
    ...{ alert: 'PortcullisValidatorSilent', at: '10m', severity: 'critical' },
    fires: { [unanswered('portcullis')]: growing },
    labels: { namespace: 'shop', pod: 'p' },
    summary: 'Pod shop/p: Envoy gets no answer from the validator, and refuses requests with 503.',
    // Somebody else's Envoy that asks somebody else; and one answer that came late.
    quiet: [{ [unanswered('other')]: growing }, { [unanswered('portcullis')]: once }],
  },
  {
    ...{ alert: 'PortcullisAnswersWithoutDecision', at: '10m', severity: 'warning' },
    fires: { [undecided('guarded_8080')]: growing },
    labels: { namespace: 'shop', pod: 'p' },
    summary: 'Pod shop/p: Envoy refuses requests on which there is no decision.',
    quiet: [{ [undecided('ingress_http')]: growing }, { [undecided('guarded_8080')]: still }],
  },
  {
    ...{ alert: 'PortcullisSourceNeverRead', at: '16m', severity: 'warning' },
    fires: { [keys('never_read')]: always },
    labels: source,
    summary: 'AuthenticationSource shop/okta: its keys were never read.',
    quiet: [{ [keys('current')]: always }, { [keys('never_read')]: '1x10', [keys('current')]: '_x10 1x20' }],
  },
  {
    ...{ alert: 'PortcullisKeysFailing', at: '65m', severity: 'warning' },
    fires: { [keys('failing')]: always },
    labels: source,
    summary: 'AuthenticationSource shop/okta: its keys cannot be read any more.',
    quiet: [{ [keys('current')]: always }, { [keys('failing')]: '1x60' }],
  },
  {
    ...{ alert: 'PortcullisKeysStale', at: '6m', severity: 'critical' },
    fires: { [keys('stale')]: always },
    labels: source,
    summary: 'AuthenticationSource shop/okta: its keys are too old, and its tokens are refused.',
    quiet: [{ [keys('failing')]: always }, { [keys('never_read')]: always }],
  },
  {
    ...{ alert: 'PortcullisOperatorGone', at: '16m', severity: 'critical' },
    // It was there.
    fires: { [leader('a')]: '1x4' },
    labels: {},
    summary: 'No operator is there, or none is scraped.',
    quiet: [{ [leader('a')]: `0x${SAMPLES}` }],
  },
  {
    ...{ alert: 'PortcullisNoLeader', at: '6m', severity: 'critical' },
    fires: { [leader('a')]: `0x${SAMPLES}`, [leader('b')]: `0x${SAMPLES}` },
    labels: home,
    summary: 'No replica of the operator in home leads.',
    quiet: [{ [leader('a')]: `0x${SAMPLES}`, [leader('b')]: always }, {}],
  },
  {
    ...{ alert: 'PortcullisNoLeader', at: '6m', severity: 'critical' },
    fires: { 'portcullis_leader{instance="a"}': `0x${SAMPLES}` },
    labels: {},
    summary: 'No replica of the operator leads.',
    quiet: [{ 'portcullis_leader{instance="a"}': always }],
  },
  {
    ...{ alert: 'PortcullisWatchStale', at: '12m', severity: 'warning' },
    fires: { [watch]: `0+30x${SAMPLES}` },
    labels: { ...home, kind: 'Pod' },
    summary: 'The operator has heard nothing of Pod from the API server for 12m 0s.',
    quiet: [{ [watch]: `290x${SAMPLES}` }],
  },
  {
    ...{ alert: 'PortcullisValidatorsRejectPolicy', at: '6m', severity: 'critical' },
    fires: { [validators('rejected')]: `3x${SAMPLES}`, [validators('current')]: still },
    labels: home,
    summary: '3 validators cannot apply the policy that they were sent.',
    quiet: [{ [validators('rejected')]: `0x${SAMPLES}`, [validators('behind')]: always }],
  },
  {
    ...{ alert: 'PortcullisValidatorsBehind', at: '11m', severity: 'warning' },
    fires: { [validators('behind')]: `2x${SAMPLES}`, [validators('current')]: still },
    labels: home,
    summary: '2 validators have not followed for ten minutes.',
    quiet: [{ [validators('behind')]: `2x10 0x${SAMPLES}`, [validators('current')]: still }],
  },
  {
    ...{ alert: 'PortcullisCertificateNotRenewed', at: '90m', severity: 'warning' },
    fires: { [expiry]: `${4 * DAY}x${SAMPLES}` },
    labels: { ...home, certificate: 'server' },
    summary: "The certificate of the control plane's servers ends in 3d 22h 30m 0s.",
    quiet: [{ [expiry]: `${6 * DAY}x${SAMPLES}` }],
  },
  {
    ...{ alert: 'PortcullisCertificateEnds', at: '10m', severity: 'critical' },
    fires: { [expiry]: `${DAY}x${SAMPLES}` },
    labels: { ...home, certificate: 'server' },
    summary: "The certificate of the control plane's servers ends within a day.",
    quiet: [{ [expiry]: `${2 * DAY}x${SAMPLES}` }],
  },
];
