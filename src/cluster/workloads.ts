/** What is kept of Services, workloads, Namespaces and Nodes. */

import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { listAt, objectAt, objectsAt, portAt } from '../base/members.ts';
import type { LabelSelector, LabelSelectorMatchExpression } from '../resources/types.gen.ts';
import { readLabels, readMarks, readMeta } from './meta.ts';
import type {
  Meta,
  Node,
  OtherWorkloadKind,
  PodMaker,
  Service,
  ServicePort,
  StoredNamespace,
  Workload,
  WorkloadKind,
} from './objects.ts';
import { readContainerPorts, readUnjudgedPort } from './pod.ts';
import { conditionHolds, filledTextAt, textEntries } from './read.ts';
import type { Sharing } from './sharing.ts';

export function readService(value: JsonValue, sharing: Sharing): Service | undefined {
  return read(value, sharing, (metadata, { spec }) => {
    const { selector, ports, type } = objectAt(spec);
    const labels = textEntries(selector);
    const isChoosing = labels.length > 0 && type !== 'ExternalName';
    return {
      kind: 'Service',
      metadata,
      selector: isChoosing ? readLabels(labels, sharing) : undefined,
      ports: objectsAt(ports).flatMap((port) => readServicePort(port, sharing)),
      // A target by name is a port that the pod declares.
      unjudgedPorts: objectsAt(ports).flatMap((port) => readUnjudgedPort(port, port.targetPort ?? port.port)),
    };
  });
}

function readServicePort(
  { name, appProtocol, port, targetPort, protocol = 'TCP' }: JsonObject,
  sharing: Sharing,
): readonly ServicePort[] {
  const number = portAt(port);
  if (number === undefined || protocol !== 'TCP') return [];
  return [
    {
      name: sharing.text(filledTextAt(name) ?? ''),
      appProtocol: sharing.text(filledTextAt(appProtocol) ?? ''),
      port: number,
      targetPort: portAt(targetPort) ?? filledTextAt(targetPort) ?? number,
    },
  ];
}

export function readWorkload(kind: WorkloadKind, value: JsonValue, sharing: Sharing): Workload | undefined {
  return read(value, sharing, (metadata, { spec, status, metadata: written }) => {
    const { selector, template, replicas } = objectAt(spec);
    const { metadata: templateMeta, spec: podSpec } = objectAt(template);
    const { generation } = objectAt(written);
    return {
      kind,
      metadata,
      generation: typeof generation === 'number' ? generation : 0,
      selector: readSelector(selector, sharing),
      templateLabels: readLabels(textEntries(objectAt(templateMeta).labels), sharing),
      ports: readContainerPorts(objectAt(podSpec), sharing),
      refusal: readRefusal(objectAt(status)),
      ...(kind === 'DaemonSet' ? countedByNodes(objectAt(status)) : countedReplicas(replicas, status)),
    };
  });
}

/** Of a kind that is not followed, as the API server has it. */
export function readPodMaker(
  kind: OtherWorkloadKind,
  value: JsonValue,
  sharing: Sharing,
): PodMaker | undefined {
  return read(value, sharing, (metadata, { spec, status }) => {
    const { template, replicas } = objectAt(spec);
    const { labels } = objectAt(objectAt(template).metadata);
    return {
      kind,
      metadata,
      templateLabels: readLabels(textEntries(labels), sharing),
      refusal: readRefusal(objectAt(status)),
      ...(kind === 'Job'
        ? countedByJob(objectAt(spec), objectAt(status))
        : countedReplicas(replicas, status)),
    };
  });
}

/** By the condition ReplicaFailure, which is there only as long as it lasts. */
function readRefusal({ conditions }: JsonObject): string | undefined {
  const failure = objectsAt(conditions).find(
    ({ type, status }) => type === 'ReplicaFailure' && status === 'True',
  );
  return (
    failure && (filledTextAt(failure.message) ?? filledTextAt(failure.reason) ?? 'pods cannot be created')
  );
}

type Counted = Pick<PodMaker, 'present' | 'isShort'>;

const countOf = (value: JsonValue | undefined, absent = 0): number =>
  typeof value === 'number' ? value : absent;

function countedReplicas(replicas: JsonValue | undefined, status: JsonValue | undefined): Counted {
  const present = countOf(objectAt(status).replicas);
  return { present, isShort: present < countOf(replicas, 1) };
}

function countedByNodes({ desiredNumberScheduled, currentNumberScheduled }: JsonObject): Counted {
  const present = countOf(currentNumberScheduled);
  return { present, isShort: present < countOf(desiredNumberScheduled) };
}

/** Pods that have ended are counted as there: they were let in. */
function countedByJob({ suspend, parallelism, completions }: JsonObject, status: JsonObject): Counted {
  const [active, succeeded, failed] = [
    countOf(status.active),
    countOf(status.succeeded),
    countOf(status.failed),
  ];
  const present = active + succeeded + failed;
  const isOver = ['Complete', 'Failed'].some((type) => conditionHolds(status.conditions, type));
  if (suspend === true || isOver) return { present, isShort: false };
  const left = countOf(completions, Number.POSITIVE_INFINITY) - succeeded;
  return { present, isShort: active < Math.min(countOf(parallelism, 1), left) };
}

const OPERATORS = ['In', 'NotIn', 'Exists', 'DoesNotExist'] as const;

/** A condition that cannot be read is kept as one that nothing meets: a selector never chooses more than it says. */
export function readSelector(value: JsonValue | undefined, sharing: Sharing): LabelSelector {
  const { matchLabels, matchExpressions } = objectAt(value);
  return {
    matchLabels: readLabels(textEntries(matchLabels), sharing),
    matchExpressions: objectsAt(matchExpressions).map(readCondition),
  };
}

function readCondition({ key, operator, values }: JsonObject): LabelSelectorMatchExpression {
  const known = OPERATORS.find((name) => name === operator);
  const name = filledTextAt(key);
  if (known === undefined || name === undefined) return { key: '', operator: 'In', values: [] };
  return { key: name, operator: known, values: listAt(values).filter((item) => typeof item === 'string') };
}

export function readNamespace(value: JsonValue, sharing: Sharing): StoredNamespace | undefined {
  return read(value, sharing, (metadata, raw) => {
    const { labels, deletionTimestamp } = objectAt(raw.metadata);
    return {
      kind: 'Namespace',
      metadata: {
        ...metadata,
        namespace: metadata.name,
        labels: readLabels(textEntries(labels), sharing),
      },
      marks: readMarks(raw, sharing),
      terminating:
        filledTextAt(deletionTimestamp) !== undefined || objectAt(raw.status).phase === 'Terminating',
    };
  });
}

export function readNode(value: JsonValue, sharing: Sharing): Node | undefined {
  return read(value, sharing, (metadata, { status }) => ({
    kind: 'Node',
    metadata,
    ready: conditionHolds(objectAt(status).conditions, 'Ready'),
  }));
}

function read<T>(
  value: JsonValue,
  sharing: Sharing,
  make: (metadata: Meta, value: JsonObject) => T,
): T | undefined {
  if (!isJsonObject(value)) return undefined;
  const metadata = readMeta(value, sharing);
  return metadata === undefined ? undefined : make(metadata, value);
}
