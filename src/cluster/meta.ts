/** What is kept of an object's metadata. */

import type { JsonObject } from '../base/json.ts';
import { objectAt, objectsAt } from '../base/members.ts';
import { INJECT_LABEL, INJECTED_LABEL, INJECTION_LABEL, WRITTEN_ANNOTATION } from '../injection/layout.ts';
import type { Labels } from '../resources/selectors.ts';
import type { Meta, Owner } from './objects.ts';
import { filledTextAt, textEntries } from './read.ts';
import { Shared, type Sharing } from './sharing.ts';

/** Undefined where it is no object of an API server: then there is nothing that could be kept. */
export function readMeta(value: JsonObject, sharing: Sharing): Meta | undefined {
  const metadata = objectAt(value.metadata);
  const name = filledTextAt(metadata.name);
  if (name === undefined) return undefined;
  return {
    namespace: sharing.text(filledTextAt(metadata.namespace) ?? ''),
    name,
    uid: filledTextAt(metadata.uid) ?? '',
    resourceVersion: filledTextAt(metadata.resourceVersion) ?? '',
  };
}

const LABELS = new Shared<Labels>();

export function readLabels(members: readonly (readonly [string, string])[], sharing: Sharing): Labels {
  const sorted = members.toSorted(([a], [b]) => (a < b ? -1 : 1));
  return sharing.same(LABELS, JSON.stringify(sorted), () => Object.fromEntries(sorted));
}

const OWN_PREFIX = 'portcullis.dev/';

/** Those that are read as labels: a label of any other name says nothing, and neither does an annotation of these. */
const LABELS_OF_OURS = [INJECTION_LABEL, INJECT_LABEL, INJECTED_LABEL];
/** What decides nothing is not kept, for it may be long. */
const NOT_ANNOTATIONS = [...LABELS_OF_OURS, WRITTEN_ANNOTATION];

/** Labels and annotations that begin with portcullis.dev/, each name where it belongs. */
export function readMarks(value: JsonObject, sharing: Sharing): Labels {
  const { labels, annotations } = objectAt(value.metadata);
  return readLabels(
    [
      ...textEntries(labels).filter(([name]) => LABELS_OF_OURS.includes(name)),
      ...textEntries(annotations).filter(
        ([name]) => name.startsWith(OWN_PREFIX) && !NOT_ANNOTATIONS.includes(name),
      ),
    ],
    sharing,
  );
}

const OWNERS = new Shared<Owner>();

export function readOwner(value: JsonObject, sharing: Sharing): Owner | undefined {
  const { ownerReferences } = objectAt(value.metadata);
  const owner = objectsAt(ownerReferences).find(({ controller }) => controller === true);
  const kind = filledTextAt(owner?.kind);
  const name = filledTextAt(owner?.name);
  if (kind === undefined || name === undefined) return undefined;
  return sharing.same(OWNERS, `${kind} ${name}`, () => ({ kind, name }));
}
