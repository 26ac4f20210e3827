import type { Problems } from '../private/problems';
import type { CloudNativePgDatabaseProps } from './cloudnative-pg-database-props';

const OPERATOR = 'the operator';

/** Parameters that the operator sets or forbids, and whose they are. */
const OWNED: { [name: string]: string } = {
  archive_timeout: "the prop 'continuousBackup.recoveryPointObjective'",
  shared_preload_libraries: "the prop 'sharedPreloadLibraries'",
  synchronous_standby_names: "the prop 'synchronous'",
  ...Object.fromEntries(
    (
      'allow_system_table_mods archive_cleanup_command archive_command archive_mode bonjour bonjour_name cluster_name config_file ' +
      'data_directory data_sync_retry event_source external_pid_file hba_file hot_standby ident_file jit_provider listen_addresses ' +
      'log_destination log_directory log_file_mode log_filename log_rotation_age log_rotation_size log_truncate_on_rotation ' +
      'logging_collector port primary_conninfo primary_slot_name promote_trigger_file recovery_end_command recovery_min_apply_delay ' +
      'recovery_target recovery_target_action recovery_target_inclusive recovery_target_lsn recovery_target_name recovery_target_time ' +
      'recovery_target_timeline recovery_target_xid restart_after_crash restore_command ssl ssl_ca_file ssl_cert_file ssl_crl_file ' +
      'ssl_dh_params_file ssl_key_file ssl_passphrase_command ssl_passphrase_command_supports_reload ssl_prefer_server_ciphers ' +
      'stats_temp_directory synchronized_standby_slots syslog_facility syslog_ident syslog_sequence_numbers syslog_split_messages ' +
      'temp_tablespaces unix_socket_directories unix_socket_group unix_socket_permissions'
    )
      .split(' ')
      .map((name) => [name, OPERATOR]),
  ),
};

/** What holds for parameters: those of others are refused, and those by which a crash loses the database. */
export function checkParameters(
  problems: Problems,
  { parameters = {}, continuousBackup }: CloudNativePgDatabaseProps,
): void {
  for (const [name, value] of Object.entries(parameters)) {
    const plain = name.toLowerCase();
    const owner = OWNED[plain];
    if (owner !== undefined && (plain !== 'archive_timeout' || continuousBackup)) {
      problems.add('parameters', 'must leave this one alone', name, `it belongs to ${owner}`);
    } else if (!/^[A-Za-z_][\w$]*(\.[A-Za-z_][\w$]*)?$/.test(name)) {
      const rule = 'must have names of letters, digits, _ and one .';
      problems.add('parameters', rule, name, "write { max_connections: '200' }");
    } else if (plain === 'wal_level' && value === 'minimal') {
      const wayOut = 'standbys and archives need more of the WAL; leave it out';
      problems.add("parameters['wal_level']", "must not be 'minimal'", value, wayOut);
    } else if (['fsync', 'full_page_writes'].includes(plain) && /^(off|false|no|0)$/i.test(value)) {
      const wayOut = 'a crash then leaves a database that cannot be read; leave it out';
      problems.add(`parameters['${name}']`, 'must stay on', value, wayOut);
    }
  }
}
