/** Programs with which the chart is tested: helm, and the Lua of Argo CD. Built once from their Go modules. */
import { fromGoModule } from '../../tools/go.ts';

export const helmProgram = (): Promise<string> => fromGoModule('helm.sh/helm/v4/cmd/helm', 'v4.3.1');

/** gopher-lua's own command: Argo CD runs its health checks with that library, in this version. */
export const luaProgram = (): Promise<string> =>
  fromGoModule('github.com/yuin/gopher-lua/cmd/glua', 'v1.1.1');

if (import.meta.main) {
  for (const program of [helmProgram, luaProgram]) console.log(await program());
}
