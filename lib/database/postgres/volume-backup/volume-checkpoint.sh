. "${0%/*}/volume-client.sh"
sql postgres -c CHECKPOINT || stop 'no checkpoint was written'
echo "$step: wrote a checkpoint"
