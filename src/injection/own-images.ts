/** The images of our containers: all that can be changed of containers that run. */

import type { JsonObject, JsonValue } from '../base/json.ts';
import { objectsAt } from '../base/members.ts';
import { OWN_CONTAINERS } from './layout.ts';
import { textAt } from './members.ts';

/** By place: what stands there else must be the same already. */
export const ownImages = ({ initContainers }: JsonObject): readonly JsonValue[] =>
  objectsAt(initContainers).flatMap(({ name, image = '' }) =>
    OWN_CONTAINERS.includes(textAt(name)) ? [image] : [],
  );
