/** A pod as an API server gives it back: with what Kubernetes 1.37 fills in. */

import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts';
import { objectAt } from '../../base/members.ts';
import { mapObjects, withMember } from '../members.ts';
import { specOf } from './pods.ts';

export function stored(pod: JsonObject): JsonObject {
  const spec = specOf(pod);
  return {
    ...pod,
    spec: {
      restartPolicy: 'Always',
      dnsPolicy: 'ClusterFirst',
      securityContext: {},
      schedulerName: 'default-scheduler',
      ...spec,
      containers: mapObjects(spec.containers, containerOf) ?? [],
      initContainers: mapObjects(spec.initContainers, containerOf) ?? [],
      volumes: mapObjects(spec.volumes, volumeOf) ?? [],
    },
  };
}

const containerOf = (container: JsonObject): JsonObject => {
  const probed = ['startupProbe', 'readinessProbe', 'livenessProbe'].reduce(
    (result, name) =>
      filled(result, name, {
        timeoutSeconds: 1,
        periodSeconds: 10,
        successThreshold: 1,
        failureThreshold: 3,
      }),
    container,
  );
  const ports = mapObjects(probed.ports, (port) => ({ protocol: 'TCP', ...port }));
  return {
    imagePullPolicy: 'IfNotPresent',
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    resources: {},
    ...withMember(probed, 'ports', ports),
  };
};

const volumeOf = (volume: JsonObject): JsonObject =>
  filled(filled(volume, 'projected', { defaultMode: 420 }), 'configMap', { defaultMode: 420 });

function filled(object: JsonObject, name: string, defaults: JsonObject): JsonObject {
  const member: JsonValue | undefined = object[name];
  return isJsonObject(member) ? { ...object, [name]: { ...defaults, ...objectAt(member) } } : object;
}
