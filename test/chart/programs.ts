/** Programs with which the chart is tested: helm, promtool, and the Lua of Argo CD. Built once from their Go modules. */
import { fromGoModule } from '../../tools/go.ts';

export const helmProgram = (): Promise<string> => fromGoModule('helm.sh/helm/v4/cmd/helm', 'v4.3.1');

/** gopher-lua's own command: Argo CD runs its health checks with that library, in this version. */
export const luaProgram = (): Promise<string> =>
  fromGoModule('github.com/yuin/gopher-lua/cmd/glua', 'v1.1.1');

/** Prometheus' own tester of rules, without what finds targets in clouds, which would be most of it. */
export const promtoolProgram = (): Promise<string> =>
  fromGoModule('github.com/prometheus/prometheus/cmd/promtool', 'v0.316.0', { tags: 'remove_all_sd' });

if (import.meta.main) {
  for (const program of [helmProgram, luaProgram, promtoolProgram]) console.log(await program());
}
