/**
 * Members that are null, in objects of others. API servers decode null as the empty value of its type: a field is then
 * as if it were absent, and a label is there, with an empty text. `kubectl apply` without `--server-side` leaves out
 * both before it sends an object.
 */

import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';

export interface SettledNulls {
  /** As API servers read it. */
  readonly value: JsonValue;
  /** As `kubectl apply` sends it, where that is something else. */
  readonly leftOut: JsonValue | undefined;
}

/** @param isOwn objects inside Lists that are read in another way, and stay as they are. */
export function settleNulls(value: JsonValue, isOwn: (object: JsonObject) => boolean): SettledNulls {
  const [empty, leftOut] = [new Pass('', isOwn), new Pass(undefined, isOwn)];
  const settled = empty.object(value, '');
  return { value: settled, leftOut: empty.hasFilledIn ? leftOut.object(value, '') : undefined };
}

/** Kinds whose `spec.selector` is a map of labels. */
const PLAIN_SELECTOR = ['Service', 'ReplicationController', 'DeploymentConfig'];
const WITH_DATA = ['ConfigMap', 'Secret'];
const DATA = ['data', 'stringData', 'binaryData'];

/** Names of the members on the way: the kind of an object that stands alone or in a List, then its own members. */
type Way = readonly [kind: string, ...members: readonly string[]];

/** By the last members alone, for pod templates stand at many places. */
function isMapOfTexts([kind, ...members]: Way): boolean {
  const [holder, name = ''] = members.length > 1 ? members.slice(-2) : ['', ...members];
  if (name === 'matchLabels' || name === 'nodeSelector') return true;
  if (holder === 'metadata') return name === 'labels' || name === 'annotations';
  if (members.length === 1) return WITH_DATA.includes(kind) && DATA.includes(name);
  return members.length === 2 && holder === 'spec' && name === 'selector' && PLAIN_SELECTOR.includes(kind);
}

class Pass {
  hasFilledIn = false;
  /** What becomes of null in a map of texts; undefined: it is left out. */
  readonly #filling: '' | undefined;
  readonly #isOwn: (object: JsonObject) => boolean;

  constructor(filling: '' | undefined, isOwn: (object: JsonObject) => boolean) {
    this.#filling = filling;
    this.#isOwn = isOwn;
  }

  /** @param inherited the kind that its List says. */
  object(value: JsonValue, inherited: string): JsonValue {
    if (!isJsonObject(value)) return this.#within(value, [inherited]);
    if (this.#isOwn(value)) return value;
    const kind = typeof value.kind === 'string' ? value.kind : inherited;
    const { items, ...rest } = value;
    if (!kind.endsWith('List') || !Array.isArray(items)) return this.#within(value, [kind]);
    const ofItems = kind.slice(0, -'List'.length);
    const settled = items.map((item: JsonValue) => this.object(item, ofItems));
    return this.#members({ ...rest, items }, [kind], (name) => (name === 'items' ? settled : undefined));
  }

  #within(value: JsonValue, way: Way): JsonValue {
    if (Array.isArray(value)) return value.map((item: JsonValue) => this.#within(item, [way[0], '', '']));
    return isJsonObject(value) ? this.#members(value, way) : value;
  }

  #members(
    object: JsonObject,
    way: Way,
    known: (name: string) => JsonValue | undefined = () => undefined,
  ): JsonObject {
    const filling = isMapOfTexts(way) ? this.#filling : undefined;
    if (filling !== undefined && Object.values(object).includes(null)) this.hasFilledIn = true;
    return Object.fromEntries(
      Object.entries(object).flatMap(([name, member]): readonly [string, JsonValue][] => {
        if (member === null) return filling === undefined ? [] : [[name, filling]];
        return [[name, known(name) ?? this.#within(member, [...way, name])]];
      }),
    );
  }
}
