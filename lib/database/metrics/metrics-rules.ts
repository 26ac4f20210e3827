import { checkImage, checkSecretKey } from '../../private/names';
import type { Problems } from '../../private/problems';
import { withName } from '../database';
import type { StatefulDatabaseProps } from '../stateful-database-props';
import { exporterUser } from './metrics-containers';

/** What holds for the metrics of a database. */
export function checkMetrics(problems: Problems, props: StatefulDatabaseProps): void {
  const { metrics, engine } = props;
  if (!metrics) return;
  const { spec } = engine;
  const user = exporterUser(metrics);
  if (!spec.exporter) {
    const wayOut = "no exporter of it was tried here; run one in 'sidecars', see docs/metrics.md";
    problems.add('metrics', `must be left out with the engine ${spec.name}`, { user }, wayOut);
  }
  checkSecretKey(problems, 'metrics.password.key', metrics.password.key);
  if (metrics.image !== undefined) checkImage(problems, 'metrics.image', metrics.image);
  if (!/^[A-Za-z_][\w-]{0,62}$/.test(user) || user.startsWith('pg_')) {
    const wayOut = "servers and exporters read others in other ways, and pg_ is PostgreSQL's; write 'exporter'";
    problems.add('metrics.user', 'must be of letters, digits, _ and -, and not begin with pg_', user, wayOut);
  }
  const taken = [
    props.user ?? spec.user,
    props.applicationUser?.name,
    props.backupUser && withName(props.backupUser).name,
    ...(spec.reservedUsers ?? []),
  ];
  if (taken.includes(user)) {
    const rule =
      "must be another than the administrator, the application user, that of backups and the image's own users";
    problems.add(
      'metrics.user',
      rule,
      user,
      "it would log in with all their rights; choose another name, e.g. 'exporter'",
    );
  }
}
