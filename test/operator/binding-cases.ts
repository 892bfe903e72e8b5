/** Bindings and what their status says of them, one for each reason of Accepted and SourcesResolved, and for what is well. */

import type { JsonObject } from '../../src/base/json.ts';
import type { Shown } from './board.ts';
import { hmac, service, source, workload } from './objects.ts';

/** No pods are there: all the rest is well. */
export const good: Shown = {
  Ready: 'True Ready',
  Accepted: 'True Accepted',
  SourcesResolved: 'True SourcesResolved',
  Guarded: 'True NoPods',
  Programmed: 'True NoPods',
};
export const waitsFor = (reason: string): Shown => ({
  ...good,
  Ready: `False ${reason}`,
  Accepted: `False ${reason}`,
});
export const refusedFor = (reason: string): Shown => ({ ...waitsFor(reason), Stalled: 'True Refused' });
export const unresolved = (reason: string): Shown => ({
  ...good,
  Ready: `False ${reason}`,
  SourcesResolved: `False ${reason}`,
});

const rule = (members: JsonObject): JsonObject => ({ rules: [members] });
const requiring = (expression: string) => rule({ require: { expressions: [{ expression, message: 'no' }] } });
const matching = (value: string) => rule({ match: { paths: [{ type: 'RegularExpression', value }] } });
export const target = (kind: string, name: string): JsonObject => ({ targetRefs: [{ kind, name }] });
const PLAIN: readonly JsonObject[] = [
  { name: 'a', port: 1 },
  { name: 'b', port: 2 },
];

interface Case {
  readonly name: string;
  readonly spec: JsonObject;
  readonly shown: Shown;
  readonly says: RegExp;
  readonly others: readonly JsonObject[];
}
const row = (
  name: string,
  spec: JsonObject,
  shown: Shown,
  says: RegExp,
  ...others: readonly JsonObject[]
): Case => ({ name, spec, shown, says, others });
export const BINDING_CASES: readonly Case[] = [
  row(
    'expression',
    requiring('nosuch'),
    refusedFor('InvalidExpression'),
    /: spec\.rules\[0\]\.require/,
    service('shop/expression'),
  ),
  row(
    'dear',
    matching('/x{1000}'),
    refusedFor('PolicyTooLarge'),
    /: spec\.rules\[0\]\.match.*instructions/,
    service('shop/dear'),
  ),
  row('path', matching('('), refusedFor('InvalidPath'), /: spec\.rules\[0\]\.match/, service('shop/path')),
  row(
    'body',
    { answers: { denied: [{ statuses: [401], contentType: 'application/json', body: '{reason}' }] } },
    refusedFor('AnswerInvalid'),
    /: spec\.answers\.denied\[0\]\.body: \{reason\} at line 1, character 1 stands outside of a string/,
    service('shop/body'),
  ),
  row('invalid', rule({ sources: ['nosuch'] }), refusedFor('Invalid'), /: spec/, service('shop/invalid')),
  row(
    'twice',
    { sources: [{ name: 'keys' }, { name: 'same' }] },
    refusedFor('IssuerDuplicate'),
    /same/,
    service('shop/twice'),
    source('shop/same', { issuer: 'https://shop/keys.example' }),
  ),
  row('no-service', {}, waitsFor('TargetNotFound'), /There is no Service shop\/no-service; create it/),
  row('no-deployment', target('Deployment', 'none'), waitsFor('TargetNotFound'), /Deployment shop\/none/),
  row('no-set', target('StatefulSet', 'none'), waitsFor('TargetNotFound'), /StatefulSet shop\/none/),
  row('no-daemon', target('DaemonSet', 'none'), waitsFor('TargetNotFound'), /DaemonSet shop\/none/),
  row(
    'headless',
    {},
    refusedFor('TargetHasNoSelector'),
    /shop\/headless/,
    service('shop/headless', PLAIN, { selector: null }),
  ),
  row(
    'portless',
    target('Deployment', 'portless'),
    refusedFor('NoPort'),
    /Deployment shop\/portless/,
    workload('Deployment', 'shop/portless', []),
  ),
  row(
    'ambiguous',
    {},
    refusedFor('PortAmbiguous'),
    /Service shop\/ambiguous/,
    service('shop/ambiguous', PLAIN),
  ),
  row('route', target('HTTPRoute', 'none'), waitsFor('RouteApiMissing'), /Gateway API/),
  row(
    'missing',
    { sources: [{ name: 'nosuch' }] },
    unresolved('SourceNotPermitted'),
    /shop\/nosuch/,
    service('shop/missing'),
  ),
  row(
    'keyless',
    { sources: [{ name: 'keyless' }] },
    unresolved('SourceNotReady'),
    /shop\/keyless \(SecretNotFound\)/,
    service('shop/keyless'),
    source('shop/keyless', hmac('none')),
  ),
  row('written', { ports: [{ port: 8080 }] }, good, /No pod/, service('shop/written', PLAIN)),
  row(
    'deployment',
    target('Deployment', 'deployment'),
    good,
    /Deployment shop\/deployment/,
    workload('Deployment', 'shop/deployment'),
  ),
  row(
    'set',
    target('StatefulSet', 'set'),
    good,
    /StatefulSet shop\/set/,
    workload('StatefulSet', 'shop/set'),
  ),
  row(
    'daemon',
    target('DaemonSet', 'daemon'),
    good,
    /DaemonSet shop\/daemon/,
    workload('DaemonSet', 'shop/daemon'),
  ),
  row('selecting', { podSelector: { matchLabels: { app: 'selecting' } } }, good, /spec\.podSelector/),
  row('audit', { mode: 'Audit' }, good, /mode Audit/, service('shop/audit')),
  row('trial', { mode: 'Trial' }, { ...good, Guarded: 'False Trial' }, /mode Audit/, service('shop/trial')),
  row('disabled', { mode: 'Disabled' }, good, /mode Disabled/, service('shop/disabled')),
];
