/** The mistakes of a first hour that the status of an object tells of: what is applied, and what the reader must find. */

import type { JsonObject } from '../../src/base/json.ts';
import { binding, hmac, pod, service, source } from './objects.ts';
import type { Provider } from './provider.ts';

export interface Mistake {
  readonly mistake: string;
  /** namespace/name of what is looked at. */
  readonly id: string;
  readonly kind: 'AuthenticationSource' | 'ApiBinding';
  readonly objects: (provider: Provider) => readonly JsonObject[];
  readonly reason: string;
  /** In the message: what is wrong, where it is, and what to do. */
  readonly what: RegExp;
  readonly where: RegExp;
  readonly remedy: RegExp;
}

type Rest = Omit<Mistake, 'mistake' | 'id' | 'kind'>;

const ofSource = (mistake: string, id: string, rest: Rest): Mistake => ({
  mistake,
  id,
  kind: 'AuthenticationSource',
  ...rest,
});
const ofBinding = (mistake: string, id: string, rest: Rest): Mistake => ({
  mistake,
  id,
  kind: 'ApiBinding',
  ...rest,
});

const at = (issuer: string): JsonObject => ({ issuer, keys: {}, fetch: { retryInterval: '500ms' } });
const HTTP: JsonObject = { name: 'http', port: 80, targetPort: 'http' };

export const MISTAKES: readonly Mistake[] = [
  ofSource('the issuer has a slash too many', 'shop/slash', {
    objects: ({ origin }) => [source('shop/slash', at(`${origin}/good/`))],
    reason: 'CouldNotParseConfig',
    what: /names this issuer with another end: a slash there counts/,
    where: /AuthenticationSource shop\/slash .* http:\/\/\S+\/good\//,
    remedy: /spell spec\.jwt\.issuer as the document's issuer is/,
  }),
  ofSource('the issuer has another path', 'shop/path', {
    objects: ({ origin }) => [source('shop/path', at(`${origin}/nosuch`))],
    reason: 'RemoteHostRespondedWithError',
    what: /There is a document neither at .*status 404/,
    where: /\/nosuch\/\.well-known\/openid-configuration/,
    remedy: /check the issuer, or set keys\.discoveryURL/,
  }),
  ofSource('the host of the issuer is misspelt', 'shop/host', {
    objects: () => [source('shop/host', at('https://idp.nosuch.invalid'))],
    reason: 'UnknownHost',
    what: /The name idp\.nosuch\.invalid cannot be resolved/,
    where: /AuthenticationSource shop\/host/,
    remedy: /check its spelling and the cluster's DNS/,
  }),
  ofSource('the Secret is not there', 'shop/secretless', {
    objects: () => [source('shop/secretless', hmac('nosuch'))],
    reason: 'SecretNotFound',
    what: /there is no Secret shop\/nosuch/,
    where: /shop\/secretless: spec\.jwt\.keys\.hmac\[0\]\.secretKeyRef\.name/,
    remedy: /create it, or correct the name/,
  }),
  ofSource('secretAccess does not name the namespace', 'locked/hmac', {
    objects: () => [source('locked/hmac', hmac('nosuch'))],
    reason: 'SecretNotPermitted',
    what: /may not read Secrets in the namespace locked/,
    where: /locked\/hmac: spec\.jwt\.keys\.hmac\[0\]/,
    remedy: /add locked to the chart's secretAccess\.namespaces/,
  }),
  ofSource('the ConfigMap of the authority is not there', 'shop/ca', {
    objects: ({ origin }) => [
      source('shop/ca', {
        ...at(`${origin}/good`),
        fetch: { caBundleFrom: { configMapKeyRef: { name: 'nosuch', key: 'ca.crt' } } },
      }),
    ],
    reason: 'CABundleNotFound',
    what: /there is no ConfigMap shop\/nosuch/,
    where: /shop\/ca: spec\.jwt\.fetch\.caBundleFrom/,
    remedy: /create it, or correct the name/,
  }),
  ofSource('an expression names what there is not', 'shop/expression', {
    objects: () => [
      source('shop/expression', { expressions: [{ expression: 'claim.email_verified', message: 'no' }] }),
    ],
    reason: 'InvalidExpression',
    what: /unknown name "claim"/,
    where: /spec\.jwt\.expressions\[0\]/,
    remedy: /known here: claims, header; correct the expression/,
  }),
  ofBinding('the namespace has no label', 'bare/orders', {
    objects: () => [source('bare/keys'), service('bare/orders'), pod('bare/orders'), binding('bare/orders')],
    reason: 'InjectionDisabled',
    what: /injection is not enabled in their namespace/,
    where: /Pods of Service bare\/orders/,
    remedy: /kubectl label --overwrite namespace bare portcullis\.dev\/injection=enabled/,
  }),
  ofBinding('the pods are older than the binding', 'shop/old', {
    objects: () => [service('shop/old'), pod('shop/old'), binding('shop/old')],
    reason: 'PodsUnguarded',
    what: /1 of 1 pod has no validator/,
    where: /Pod shop\/old/,
    remedy: /restart their workload/,
  }),
  ofBinding('the Service is misspelt', 'shop/misspelt', {
    objects: () => [binding('shop/misspelt', { targetRefs: [{ kind: 'Service', name: 'odrers' }] })],
    reason: 'TargetNotFound',
    what: /There is no Service shop\/odrers/,
    where: /ApiBinding shop\/misspelt/,
    remedy: /create it, or correct/,
  }),
  ofBinding('no port of the Service says that it speaks HTTP', 'shop/unnamed', {
    objects: () => [
      service('shop/unnamed', [
        { name: 'web', port: 80, targetPort: 8080 },
        { name: 'admin', port: 81, targetPort: 8081 },
      ]),
      binding('shop/unnamed'),
    ],
    reason: 'PortAmbiguous',
    what: /several ports, and none of them says http/,
    where: /Service shop\/unnamed/,
    remedy: /name the container ports in spec\.ports, or give the ports an appProtocol/,
  }),
  ofBinding('the source is misspelt', 'shop/sourceless', {
    objects: () => [
      service('shop/sourceless', [HTTP]),
      binding('shop/sourceless', { sources: [{ name: 'kyes' }] }),
    ],
    reason: 'SourceNotPermitted',
    what: /not there, or not permitting/,
    where: /AuthenticationSource shop\/kyes/,
    remedy: /create it, correct name and namespace/,
  }),
  ofBinding('the source is of another namespace, which does not permit it', 'shop/foreign', {
    objects: () => [
      source('identity/closed'),
      service('shop/foreign', [HTTP]),
      binding('shop/foreign', { sources: [{ name: 'closed', namespace: 'identity' }] }),
    ],
    reason: 'SourceNotPermitted',
    what: /not permitting the namespace shop/,
    where: /AuthenticationSource identity\/closed/,
    remedy: /let its allowedNamespaces permit shop/,
  }),
  ofBinding('two sources have one issuer', 'shop/twins', {
    objects: () => [
      source('shop/twin', { issuer: 'https://shop/keys.example' }),
      service('shop/twins', [HTTP]),
      binding('shop/twins', { sources: [{ name: 'keys' }, { name: 'twin' }] }),
    ],
    reason: 'IssuerDuplicate',
    what: /shop\/keys and shop\/twin both claim https:\/\/shop\/keys\.example/,
    where: /ApiBinding shop\/twins: spec\.sources/,
    remedy: /keep one of them, or give each an issuer of its own/,
  }),
  ofBinding('two bindings guard one host', 'shop/younger', {
    objects: () => [
      service('shop/younger', [HTTP]),
      binding('shop/older', { targetRefs: [{ kind: 'Service', name: 'younger' }] }),
      binding('shop/younger'),
    ],
    reason: 'Conflicted',
    what: /shop\/older/,
    where: /ApiBinding shop\/younger/,
    remedy: /hosts/,
  }),
];
