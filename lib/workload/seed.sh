# seed FROM TO: fills the folder TO of a volume with the folder FROM of the image, once. An init container runs it.
# A copy in place that is interrupted would be taken for the whole by the next start: so it is made beside, and then renamed.
set -eu

from=$1
to=$2
if [ -e "$to" ] && [ "$(ls -A "$to")" ]; then
  echo "seed: $to holds something; left alone"
  exit 0
fi
mkdir -p "$(dirname "$to")"
# Each pod has a folder of its own: one that is being stopped may be copying still.
new=$(mktemp -d "$to.XXXXXX")
trap 'rm -rf "$new"' EXIT
trap 'exit 143' TERM
whole=$new/$(basename "$to")
mkdir "$whole"
cp -R "$from/." "$whole"
sync
mv "$whole" "$(dirname "$to")/"
sync
echo "seed: filled $to from $from"
