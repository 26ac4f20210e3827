/** A panel of the dashboard: a question to Prometheus, in which `$filter` stands for the choice of pods. */
export interface Panel {
  readonly title: string;
  /** The answer, by the legend of its lines. */
  readonly queries: { readonly [legend: string]: string };
  /** A unit of Grafana. */
  readonly unit?: string;
}

const RATE = '[$__rate_interval]';

/**
 * The panels of each exporter, by its name: what is asked first when a database is slow, full or down. Each series is one that the exporter serves
 * with its defaults.
 */
export const PANELS: { readonly [exporter: string]: readonly Panel[] } = {
  postgres_exporter: [
    { title: 'Up', queries: { '{{pod}}': 'min by (pod) (pg_up{$filter})' }, unit: 'bool_on_off' },
    {
      title: 'Connections',
      queries: {
        '{{state}} {{pod}}': 'sum by (pod, state) (pg_stat_activity_count{$filter}) > 0',
        'limit {{pod}}': 'min by (pod) (pg_settings_max_connections{$filter})',
      },
    },
    {
      title: 'Transactions',
      queries: {
        'committed {{datname}}': `sum by (datname) (rate(pg_stat_database_xact_commit{$filter}${RATE}))`,
        'rolled back {{datname}}': `sum by (datname) (rate(pg_stat_database_xact_rollback{$filter}${RATE}))`,
      },
      unit: 'ops',
    },
    {
      title: 'Longest transaction',
      queries: { '{{datname}} {{state}}': 'max by (datname, state) (pg_stat_activity_max_tx_duration{$filter}) > 0' },
      unit: 's',
    },
    {
      title: 'Size of databases',
      queries: { '{{datname}}': 'max by (datname) (pg_database_size_bytes{$filter})' },
      unit: 'bytes',
    },
    {
      title: 'Blocks found in memory',
      queries: {
        '{{datname}}':
          `sum by (datname) (rate(pg_stat_database_blks_hit{$filter}${RATE})) / (sum by (datname) (rate(pg_stat_database_blks_hit{$filter}${RATE}))` +
          ` + sum by (datname) (rate(pg_stat_database_blks_read{$filter}${RATE})))`,
      },
      unit: 'percentunit',
    },
    {
      title: 'Deadlocks',
      queries: { '{{datname}}': `sum by (datname) (increase(pg_stat_database_deadlocks{$filter}${RATE}))` },
    },
    {
      title: 'Temporary files',
      queries: { '{{datname}}': `sum by (datname) (rate(pg_stat_database_temp_bytes{$filter}${RATE}))` },
      unit: 'Bps',
    },
  ],
  mysqld_exporter: [
    { title: 'Up', queries: { '{{pod}}': 'min by (pod) (mysql_up{$filter})' }, unit: 'bool_on_off' },
    {
      title: 'Connections',
      queries: {
        'open {{pod}}': 'sum by (pod) (mysql_global_status_threads_connected{$filter})',
        'limit {{pod}}': 'min by (pod) (mysql_global_variables_max_connections{$filter})',
      },
    },
    {
      title: 'Statements',
      queries: {
        'all {{pod}}': `sum by (pod) (rate(mysql_global_status_questions{$filter}${RATE}))`,
        'slow {{pod}}': `sum by (pod) (rate(mysql_global_status_slow_queries{$filter}${RATE}))`,
      },
      unit: 'ops',
    },
    {
      title: 'Pages found in memory',
      queries: {
        '{{pod}}':
          `1 - sum by (pod) (rate(mysql_global_status_innodb_buffer_pool_reads{$filter}${RATE}))` +
          ` / sum by (pod) (rate(mysql_global_status_innodb_buffer_pool_read_requests{$filter}${RATE}))`,
      },
      unit: 'percentunit',
    },
    {
      title: 'Waits for row locks',
      queries: { '{{pod}}': `sum by (pod) (rate(mysql_global_status_innodb_row_lock_waits{$filter}${RATE}))` },
      unit: 'ops',
    },
    {
      title: 'Connections that failed',
      queries: { '{{pod}}': `sum by (pod) (rate(mysql_global_status_aborted_connects{$filter}${RATE}))` },
      unit: 'ops',
    },
  ],
  redis_exporter: [
    { title: 'Up', queries: { '{{pod}}': 'min by (pod) (redis_up{$filter})' }, unit: 'bool_on_off' },
    {
      title: 'Memory',
      queries: {
        'used {{pod}}': 'sum by (pod) (redis_memory_used_bytes{$filter})',
        'limit of data {{pod}}': 'sum by (pod) (redis_memory_max_bytes{$filter})',
      },
      unit: 'bytes',
    },
    { title: 'Clients', queries: { '{{pod}}': 'sum by (pod) (redis_connected_clients{$filter})' } },
    {
      title: 'Commands',
      queries: { '{{pod}}': `sum by (pod) (rate(redis_commands_processed_total{$filter}${RATE}))` },
      unit: 'ops',
    },
    { title: 'Keys', queries: { '{{db}}': 'sum by (db) (redis_db_keys{$filter})' } },
    {
      title: 'Last write of the append-only file went well',
      queries: { '{{pod}}': 'min by (pod) (redis_aof_last_write_status{$filter})' },
      unit: 'bool_on_off',
    },
  ],
  'cloudnative-pg': [
    { title: 'Up', queries: { '{{pod}}': 'min by (pod) (cnpg_collector_up{$filter})' }, unit: 'bool_on_off' },
    {
      title: 'Primary',
      queries: { '{{pod}}': 'max by (pod) (1 - cnpg_pg_replication_in_recovery{$filter})' },
      unit: 'bool_on_off',
    },
    {
      title: 'Replication lag',
      queries: { '{{pod}}': 'max by (pod) (cnpg_pg_replication_lag{$filter})' },
      unit: 's',
    },
    {
      title: 'Connections',
      queries: { '{{state}} {{pod}}': 'sum by (pod, state) (cnpg_backends_total{$filter}) > 0' },
    },
    {
      title: 'Size of databases',
      queries: { '{{datname}}': 'max by (datname) (cnpg_pg_database_size_bytes{$filter})' },
      unit: 'bytes',
    },
    {
      title: 'Since the last archived WAL',
      queries: { '{{pod}}': 'max by (pod) (cnpg_pg_stat_archiver_seconds_since_last_archival{$filter})' },
      unit: 's',
    },
    {
      title: 'WAL that could not be archived',
      queries: { '{{pod}}': `sum by (pod) (increase(cnpg_pg_stat_archiver_failed_count{$filter}${RATE}))` },
    },
  ],
};

/** The kubelet's own series, which are there whatever runs in the pods: a claim ends with the name of its pod, and `-wal` where that has its own. */
export const VOLUME_PANELS: readonly Panel[] = [
  {
    title: 'Volumes: used',
    queries: {
      '{{persistentvolumeclaim}}':
        'max by (persistentvolumeclaim) (kubelet_volume_stats_used_bytes{$claims} / kubelet_volume_stats_capacity_bytes{$claims})',
    },
    unit: 'percentunit',
  },
  {
    title: 'Volumes: free',
    queries: {
      '{{persistentvolumeclaim}}': 'min by (persistentvolumeclaim) (kubelet_volume_stats_available_bytes{$claims})',
    },
    unit: 'bytes',
  },
];
