import type { Problems } from '../private/problems';
import type { IArkServer } from './ark-server-props';
import { installationOf } from './installation';

/** Of a snapshot location that no plugin knows, a server finds out with the first backup. */
export function checkProvider(
  problems: Problems,
  server: IArkServer,
  prop: string,
  { provider }: { readonly provider: string },
): void {
  const { cloud, hasMorePlugins } = installationOf(server);
  if (!cloud || hasMorePlugins || cloud.provider === provider) return;
  const wayOut =
    'the server has neither plugin nor credentials for another; take one of its cloud, or give the server further plugins, and the location a credential';
  problems.add(prop, `must be of the server's cloud, '${cloud.provider}'`, provider, wayOut);
}
