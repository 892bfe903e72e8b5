/** Runs policy tests: each request goes the way of any other, with keys of the run's own where claims are to be signed. */

import { finishSteps } from '../../base/steps.ts';
import { type JwtFacts, jwtFacts } from '../../compiler/jwt/facts.ts';
import { sourceName } from '../../compiler/source-name.ts';
import type { CheckRequest } from '../../decision/decision.ts';
import { bindingOfRequest, type Enforcer, prepareEnforcer } from '../../decision/enforcer.ts';
import { type Judged, judgeWithTrace, type RefreshKeys, tokenPlace } from '../../explain/judgement.ts';
import { withToken } from '../../explain/request.ts';
import type { Algorithm } from '../../keys/algorithms.ts';
import type { SourceKeys, SourcePolicy } from '../../policy/policy.ts';
import { FINDING_REASONS } from '../../resources/reasons.ts';
import { enforcerAt, type Loaded, policyAt } from '../policy.ts';
import {
  algorithmFor,
  claimsWithDefaults,
  headerWithDefaults,
  makeKey,
  mint,
  type SourceDemands,
  TEST_KID,
  type TestKey,
} from './mint.ts';
import type { PolicyTest, TestCredential } from './read.ts';

export type TestRunner = (test: PolicyTest) => Promise<Judged>;

type Refresh = (sourceId: string, at: number) => ReturnType<RefreshKeys>;

/** `now` in Unix seconds, for the tests that name no time; `refresh` fetches the keys that tokens of their own need. */
export function createRunner(loaded: Loaded, now: number, refresh: Refresh): TestRunner {
  const signers = createSigners(loaded);
  return async ({ request, credential, at = now }) => {
    const enforcer = enforcerAt(loaded, new Map(), at);
    const refreshKeys: RefreshKeys = (source) => refresh(source, at);
    if (credential === undefined) return judgeWithTrace(enforcer, request, at, refreshKeys);
    const place = tokenPlace(enforcer, request);
    if (credential.kind === 'token') {
      return judgeWithTrace(enforcer, withToken(request, credential.token, place), at, refreshKeys);
    }
    const { sources = [], resource } = rulesFor(enforcer, request) ?? {};
    const source = credential.source ?? sources[0];
    const { token, replaced } = signers.sign(credential, source, resource?.audiences, at);
    return judgeWithTrace(replaced, withToken(request, token, place), at, () => Promise.resolve(undefined));
  };
}

/** Whether a test can name this source. */
export const hasSource = ({ resources }: Loaded, id: string): boolean =>
  resources.sources.some(({ object }) => sourceName(object).id === id);

function rulesFor(enforcer: Enforcer, request: CheckRequest) {
  const binding = bindingOfRequest(enforcer, request);
  return binding?.kind === 'rules' ? binding.judgement : undefined;
}

function createSigners(loaded: Loaded) {
  const facts = new Map(
    loaded.resources.sources
      .filter(({ object }) => object.spec.jwt !== undefined)
      .map(({ object }) => [sourceName(object).id, jwtFacts(object)]),
  );
  const keys = new Map<string, TestKey>();
  const keyOf = (id: string, algorithm: Algorithm): TestKey => {
    const name = `${id} ${algorithm}`;
    const key = keys.get(name) ?? makeKey(algorithm);
    keys.set(name, key);
    return key;
  };

  const isReplaced = ({ id }: SourcePolicy): boolean => {
    const acceptance = loaded.compiled.sources.get(id);
    if (acceptance === undefined || !facts.has(id)) return false;
    if (acceptance.kind === 'accepted') return true;
    // A Secret that is kept out of a repository is no reason against the tests in it.
    return FINDING_REASONS[acceptance.reason].cause === 'absent';
  };

  /** Every source with a key of its own: a token in another one's name must not pass for want of keys. */
  const replaced = (at: number, signer: string | undefined, algorithm: Algorithm): Enforcer => {
    const { policy, secrets, keysChecked } = policyAt(loaded, new Map(), at);
    const checked = new Map(keysChecked);
    const ours = new Map(secrets);
    const sources = policy.sources.map((source): SourcePolicy => {
      if (!isReplaced(source)) return source;
      const own = source.id === signer ? algorithm : defaultAlgorithm(facts.get(source.id));
      const key = keyOf(source.id, own);
      if (source.maxStale !== undefined) checked.set(source.uid, at);
      if (key.kind === 'secret') ours.set(secretName(source.id), key.secret);
      return { ...source, keys: publicPart(source.id, key) };
    });
    return finishSteps(
      prepareEnforcer({ policy: { ...policy, sources }, secrets: ours, keysChecked: checked }),
    );
  };

  return {
    sign: (
      { claims, header }: Extract<TestCredential, { kind: 'claims' }>,
      source: string | undefined,
      /** What tokens must name on this binding; undefined = what the source says. */
      audiences: readonly string[] | undefined,
      at: number,
    ) => {
      const signer = source === undefined ? undefined : facts.get(source);
      const algorithm = algorithmFor(signer?.jwt.algorithms ?? [], isHmac(signer), header.alg);
      const demands = demandsOf(signer, audiences);
      const key = keyOf(source ?? '', algorithm);
      return {
        token: mint(
          algorithm,
          key,
          headerWithDefaults(header, demands),
          claimsWithDefaults(claims, demands, at),
        ),
        replaced: replaced(at, source, algorithm),
      };
    },
  };
}

const demandsOf = (
  signer: JwtFacts | undefined,
  audiences: readonly string[] | undefined,
): SourceDemands => ({
  issuers: signer?.claims.issuers ?? [],
  ...(signer?.claims.tenantIssuer && { tenantIssuer: signer.claims.tenantIssuer }),
  audiences: audiences ?? signer?.jwt.audiences ?? [],
  clientIDs: signer?.jwt.clientIDs ?? [],
  tokenTypes: signer?.jwt.tokenTypes ?? [],
  requiredClaims: signer?.jwt.requiredClaims ?? [],
  mapping: { client: signer?.jwt.mapping.client ?? [] },
});

const isHmac = (facts: JwtFacts | undefined): boolean => facts?.jwt.keys.kind === 'hmac';

const defaultAlgorithm = (facts: JwtFacts | undefined): Algorithm =>
  algorithmFor(facts?.jwt.algorithms ?? [], isHmac(facts), undefined);

const secretName = (id: string): string => `test ${id}`;

function publicPart(id: string, key: TestKey): SourceKeys {
  return key.kind === 'pair'
    ? { kind: 'public', keys: [key.jwk] }
    : { kind: 'hmac', keys: [{ kid: TEST_KID, secret: secretName(id), secretRevision: '' }] };
}
