sql postgres -c CHECKPOINT || failed 'no checkpoint was written'
echo "$0: wrote a checkpoint"
