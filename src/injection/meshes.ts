/** Whether a mesh is in a pod, or will be: by its containers, and by the marks that its injector goes by. */

import type { JsonObject, JsonValue } from '../base/json.ts';
import { objectAt } from '../base/members.ts';
import { textAt, textMembers } from './members.ts';
import { MESHES, type Mesh } from './mesh-table.ts';
import { type InjectionRefusal, injectionRefusal } from './refusals.ts';
import type { NamespaceFacts } from './request.ts';

/** @param containers of any kind. */
export function meshRefusals(
  pod: JsonObject,
  containers: readonly JsonObject[],
  namespace: NamespaceFacts,
): readonly InjectionRefusal[] {
  return MESHES.flatMap((mesh) => {
    const found = containers.find((container) => isOf(mesh, container));
    if (found !== undefined) {
      const detail = `${mesh.name} (container ${textAt(found.name)})`;
      // These say by their sentence whose it is.
      return [injectionRefusal(mesh.reason, mesh.reason === 'MeshSidecar' ? detail : undefined)];
    }
    const said = saidBy(mesh, objectAt(pod.metadata), namespace);
    return said === undefined ? [] : [injectionRefusal(mesh.reason, `${mesh.name} (${said})`)];
  });
}

/** Whose the container is. */
export const meshOf = (container: JsonObject): Mesh | undefined =>
  MESHES.find((mesh) => isOf(mesh, container));

function isOf({ containers, images }: Mesh, { name, image }: JsonObject): boolean {
  const [repository = ''] = textAt(image).split('@');
  const path = repository.replace(/:[^/:]*$/, '');
  return containers.includes(textAt(name)) || images.some((end) => path === end || path.endsWith(`/${end}`));
}

/** The mark that says so; undefined where none does, or where the pod says that it keeps out. */
function saidBy(
  { marks, namespaceMarks }: Mesh,
  pod: JsonObject,
  namespace: NamespaceFacts,
): string | undefined {
  const own = marks.map((mark) => ({ mark, ...markOf(mark.key, pod.labels, pod.annotations) }));
  const isIn = ({ mark, value }: (typeof own)[number]): boolean =>
    value !== undefined && (mark.in.length === 0 || mark.in.includes(value.toLowerCase()));
  if (own.some(({ mark, value }) => value !== undefined && mark.out.includes(value.toLowerCase()))) {
    return undefined;
  }
  const inherited = namespaceMarks.map((mark) => ({
    mark,
    ...markOf(mark.key, namespace.labels, namespace.annotations),
  }));
  const ownMark = own.find(isIn);
  if (ownMark !== undefined) return `${ownMark.what} ${ownMark.mark.key}`;
  const ofNamespace = inherited.find(isIn);
  return ofNamespace && `${ofNamespace.what} ${ofNamespace.mark.key} of its namespace`;
}

/** Where both have it, the label counts, as for the meshes that look at both. */
function markOf(
  key: string,
  labels: JsonValue | undefined,
  annotations: JsonValue | undefined,
): { readonly what: 'label' | 'annotation'; readonly value: string | undefined } {
  const label = textMembers(labels)[key];
  return label === undefined
    ? { what: 'annotation', value: textMembers(annotations)[key] }
    : { what: 'label', value: label };
}
