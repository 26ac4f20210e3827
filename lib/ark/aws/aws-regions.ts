import type { Problems } from '../../private/problems';

/** A zone in its place is found out by the first backup. */
export function checkAwsRegion(problems: Problems, prop: string, region: string): void {
  if (/^[a-z]+(-[a-z]+)+-\d+$/.test(region)) return;
  problems.add(prop, 'must be a region of AWS', region, "a zone is none; write it as 'eu-central-1'");
}
