import type { Problems } from '../../private/problems';

export function checkServiceAccount(problems: Problems, prop: string, email: string): void {
  if (/^[a-z0-9][a-z0-9.-]*@[a-z0-9.-]+$/.test(email)) return;
  const wayOut =
    "by its name alone nothing is found, and no log can be downloaded; write it as 'velero@my-project.iam.gserviceaccount.com'";
  problems.add(prop, 'must be the address of a service account', email, wayOut);
}
