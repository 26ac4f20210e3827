import { spoken } from '../../units/duration';
import type { Coverage, Covered } from '../coverage/coverage';
import { gapOf } from '../coverage/findings';
import type { Texts } from '../model';

/** A store, as people and programs read it. */
interface Row {
  readonly store: string;
  readonly by: readonly string[];
  readonly every?: string;
  readonly kept?: string;
  readonly drill?: string;
  readonly waived?: string;
  readonly notes: readonly string[];
}

function rowOf(covered: Covered, waived: Texts): Row {
  const { store, backups, misses } = covered;
  const gap = gapOf(covered);
  const kept = [...new Set(backups.flatMap((backup) => backup.kept ?? []))].join('; ');
  const drill = [...new Set(backups.flatMap((backup) => backup.drill ?? []))].join(', ');
  const reason = waived[store.name];
  return {
    store: store.name,
    by: backups.map(({ by }) => by),
    ...(gap !== undefined && { every: spoken(gap) }),
    ...(kept !== '' && { kept }),
    ...(drill !== '' && { drill }),
    ...(reason !== undefined && { waived: reason }),
    notes: backups.length > 0 ? [...new Set(backups.flatMap(({ caveats }) => caveats))] : misses,
  };
}

/** A table: each store, what backs it up, how often, how long it is kept, and whether it is tried. */
export function coverageTable(coverage: Coverage, waived: Texts): string {
  const rows = coverage.stores.map((covered) => rowOf(covered, waived));
  const cells = [
    ['STORE', 'BACKED UP BY', 'EVERY', 'KEPT', 'TRIED BY'],
    ...rows.map(({ store, by, every, kept, drill, waived: reason }) => [
      store,
      by.length > 0 ? by.join(', ') : reason === undefined ? 'NOTHING' : `waived: ${reason}`,
      every ?? '',
      kept ?? '',
      drill ?? '',
    ]),
  ];
  const widths = [0, 1, 2, 3].map((column) =>
    // A reason is a sentence, and would push all other columns away.
    Math.max(...cells.map((row) => (row[column]?.startsWith('waived: ') ? 0 : (row[column]?.length ?? 0)))),
  );
  const lines = cells.flatMap((row, index) => [
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
    ...(rows[index - 1]?.notes ?? []).map((note) => `    ${note}`),
  ]);
  return [...lines, ...coverage.unplaced.map((text) => `${text}.`), '', totals(rows), ''].join('\n');
}

function totals(rows: readonly Row[]): string {
  const covered = rows.filter(({ by }) => by.length > 0).length;
  const excused = rows.filter(({ by, waived }) => by.length === 0 && waived !== undefined).length;
  return `${rows.length} ${rows.length === 1 ? 'store' : 'stores'}: ${covered} backed up, ${excused} waived, ${rows.length - covered - excused} without a backup.`;
}

/** For programs. Names of fields are stable. */
export function coverageJson(coverage: Coverage, waived: Texts): object {
  return { stores: coverage.stores.map((covered) => rowOf(covered, waived)), unplaced: coverage.unplaced };
}
