#!/bin/bash
# Submits the array of shards, and the job that merges them when they have ended:
#   RUNS=/shared/runs/factors examples/slurm/submit.sh [sbatch options, such as --array=1-16]
set -eu
here=$(dirname "$0")
array=$(sbatch --parsable "$@" "$here/shard.sbatch")
echo "shards: job $array"
echo "merge: job $(sbatch --parsable --dependency=afterany:"$array" "$here/merge.sbatch")"
