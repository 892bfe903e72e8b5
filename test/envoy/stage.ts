/** A real Envoy with the generated configuration, between an authorizer by script and an app that echoes. */

import { type DemoApi, startDemoApi } from '../../dev/api.ts';
import { type Between, putBetween } from './between.ts';

export interface Stage extends Between {
  api: DemoApi;
}

export async function setStage(): Promise<Stage> {
  const api = await startDemoApi(0);
  const between = await putBetween({ appPort: api.port });
  const stage: Stage = {
    ...between,
    api,
    get authorize() {
      return between.authorize;
    },
    set authorize(behaviour) {
      between.authorize = behaviour;
    },
    async stop() {
      await between.stop();
      await stage.api.stop();
    },
  };
  return stage;
}
