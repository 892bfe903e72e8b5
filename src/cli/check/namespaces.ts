/** Whether namespaces are labelled as injection reads it, and let its pods in. */

import type { StoredNamespace } from '../../cluster/objects.ts';
import { writtenCaptureMode } from '../../injection/capture-mode.ts';
import { CAPTURE_ANNOTATION, INJECTION_LABEL } from '../../injection/layout.ts';
import { isInjecting } from '../../injection/namespace.ts';
import type { Outcome } from '../../kubernetes/errors.ts';
import { count, few } from '../../status/texts.ts';
import { bad, type CheckLine, doubtful, unseen, well } from './line.ts';

const LEVEL = 'pod-security.kubernetes.io/enforce';

export function checkNamespaces(namespaces: Outcome<readonly StoredNamespace[]>): readonly CheckLine[] {
  const what = 'Namespaces';
  if (namespaces.kind === 'failed') return [unseen(what, 'list namespaces', '', namespaces.error)];
  const labelled = namespaces.value.filter(({ metadata }) => metadata.labels[INJECTION_LABEL] !== undefined);
  const injecting = labelled.filter(({ metadata }) => isInjecting(metadata.labels));
  // `disabled` is what a namespace says that wants none.
  const odd = labelled.filter(
    ({ metadata }) => !isInjecting(metadata.labels) && metadata.labels[INJECTION_LABEL] !== 'disabled',
  );
  const words = namespaces.value.filter(({ marks }) => writtenCaptureMode({}, marks) === undefined);
  return [
    injecting.length === 0
      ? doubtful(
          what,
          `none is labelled ${INJECTION_LABEL}: no pod gets a validator`,
          `run: kubectl label namespace NAME ${INJECTION_LABEL}=enabled`,
        )
      : well(what, `${count(injecting.length, 'namespace')} with injection: ${few(injecting.map(nameOf))}`),
    ...(odd.length === 0
      ? []
      : [
          doubtful(
            what,
            `${few(odd.map((one) => `${nameOf(one)} (${one.metadata.labels[INJECTION_LABEL]})`))}: that value of ${INJECTION_LABEL} means nothing`,
            'use enabled or required',
          ),
        ]),
    ...(words.length === 0
      ? []
      : [
          bad(
            what,
            `${few(words.map((one) => `${nameOf(one)} (${one.marks[CAPTURE_ANNOTATION]})`))}: that is no way of capture, and no pod is let in`,
            `set the annotation ${CAPTURE_ANNOTATION} to Redirect, NamedPort or None`,
          ),
        ]),
    ...levelLines(what, injecting),
  ];
}

const nameOf = ({ metadata }: StoredNamespace): string => metadata.name;

/** Redirect needs an init container with NET_ADMIN, which these levels forbid; a pod may choose another way by itself. */
function levelLines(what: string, injecting: readonly StoredNamespace[]): readonly CheckLine[] {
  const strict = injecting.filter(
    ({ metadata, marks }) =>
      ['baseline', 'restricted'].includes(metadata.labels[LEVEL] ?? '') &&
      writtenCaptureMode({}, marks) === 'Redirect',
  );
  if (strict.length === 0) return [];
  const names = few(strict.map((one) => `${nameOf(one)} (${one.metadata.labels[LEVEL]})`));
  return [
    doubtful(
      what,
      `${names}: that Pod Security level forbids capture Redirect, and pods that use it are refused`,
      `let it be privileged, or annotate the namespace, or each pod: ${CAPTURE_ANNOTATION}=NamedPort`,
    ),
  ];
}
