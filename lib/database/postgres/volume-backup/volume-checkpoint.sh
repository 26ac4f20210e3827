. "${0%/*}/volume.sh"
login
sql postgres -c CHECKPOINT || stop 'no checkpoint was written'
echo "$step: wrote a checkpoint"
