#!/bin/bash
# Submits the array of shards, and the job that merges them when they have ended:
#   RUNS=/shared/runs/factors examples/slurm/submit.sh [sbatch options, such as --array=1-16]
# To read an archive, with the days that are sealed by now:
#   AS_OF=$(date '+%F %T%:z') CACHE=/var/cache/microts RUNS=... examples/slurm/submit.sh
set -eu
here=$(dirname "$0")
array=$(sbatch --parsable "$@" "$here/shard.sbatch")
echo "shards: job $array"
echo "merge: job $(sbatch --parsable --dependency=afterany:"$array" "$here/merge.sbatch")"
