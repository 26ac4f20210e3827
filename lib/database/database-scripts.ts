import type { TextFiles } from '../workload/text-config-map';
import type { DatabaseVolumeBackupScripts } from './database-engine-spec';
import { USER_SCRIPT } from './metrics/metrics-containers';
import { SCRIPTS, readme } from './read-script';
import type { StatefulDatabaseProps } from './stateful-database-props';

/** A script of an engine that a hook runs: `volume-<name>.sh` in the ConfigMap. */
export type HookScript = Exclude<keyof DatabaseVolumeBackupScripts, 'files'>;

/** The files of the ConfigMap that the pods of a database mount; `used` are those of hooks, which few databases have. */
export function scriptsOf(props: StatefulDatabaseProps, name: string, used: TextFiles): TextFiles {
  const { initializeScript, initializeFiles, volumeBackupScripts, exporter } = props.engine.spec;
  const userScript = props.metrics && exporter?.userScript;
  if (initializeScript === undefined && !volumeBackupScripts && userScript === undefined) return {};
  return {
    ...readme(`Scripts of the database '${name}', for its own pods.`, 'volume-backup.md'),
    ...(initializeScript !== undefined && { 'initialize.sh': initializeScript, ...initializeFiles }),
    ...(userScript !== undefined && { [USER_SCRIPT]: userScript }),
    ...used,
  };
}

/**
 * What stands in the pod itself: a database that is made starts without its ConfigMap too, and none is made without.
 *
 * It is part of the pod template: whoever changes a letter of it restarts every database.
 */
export function initializeStub(map: string, initializedTest: string): string {
  const script = `${SCRIPTS.path}/initialize.sh`;
  return [
    `[ ! -e ${script} ] || exec sh ${script} "$@"`,
    `echo 'initialize: there is no ConfigMap ${map}' >&2`,
    `{ ${initializedTest}; } || { echo 'initialize: and no database: apply the ConfigMap. Nothing was changed' >&2; exit 1; }`,
    '',
  ].join('\n');
}
