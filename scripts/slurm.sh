#!/bin/bash
# Starts Slurm with one node on the loopback interface, runs a command, and stops
# Slurm:
#   scripts/slurm.sh FOLDER COMMAND [ARGUMENT...]
# Slurm keeps its state and logs in FOLDER. The exit code is the command's, or 77 if
# Slurm cannot be started. Slurm listens on the ports SLURM_PORT, by default 16817,
# and SLURM_PORT + 1.
set -u
mkdir -p "$1"
dir=$(cd "$1" && pwd)
shift
PATH=$PATH:/usr/sbin:/sbin
for program in munged slurmctld slurmd sinfo sbatch; do
	command -v $program >/dev/null || { echo "slurm.sh: $program is not installed" >&2; exit 77; }
done
[ "$(id -u)" -eq 0 ] || { echo "slurm.sh: the daemons need root" >&2; exit 77; }

host=$(hostname -s)
port=${SLURM_PORT:-16817}
mkdir -p "$dir/state" "$dir/spool"
head -c 1024 /dev/urandom >"$dir/munge.key"
chmod 400 "$dir/munge.key"
cat >"$dir/slurm.conf" <<CONF
ClusterName=microts
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$port
SlurmdPort=$((port + 1))
AuthType=auth/munge
AuthInfo=socket=$dir/munge.socket
SlurmUser=root
SlurmdUser=root
StateSaveLocation=$dir/state
SlurmdSpoolDir=$dir/spool
SlurmctldPidFile=$dir/slurmctld.pid
SlurmdPidFile=$dir/slurmd.pid
SlurmctldLogFile=$dir/slurmctld.log
SlurmdLogFile=$dir/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
MpiDefault=none
SwitchType=switch/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
ReturnToService=2
MinJobAge=300
SchedulerParameters=sched_interval=1,bf_interval=1
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=debug Nodes=$host Default=YES MaxTime=INFINITE State=UP
CONF
export SLURM_CONF=$dir/slurm.conf

# stop ends a daemon that this script started, waits up to 10 s, then kills it.
stop() {
	local pid
	pid=$(cat "$dir/$1.pid" 2>/dev/null) || return 0
	kill "$pid" 2>/dev/null
	for _ in $(seq 100); do
		kill -0 "$pid" 2>/dev/null || return 0
		sleep 0.1
	done
	kill -9 "$pid" 2>/dev/null
}
trap 'stop slurmd; stop slurmctld; stop munged' EXIT

munged --force --key-file="$dir/munge.key" --socket="$dir/munge.socket" --pid-file="$dir/munged.pid" \
	--log-file="$dir/munged.log" --seed-file="$dir/munged.seed" &&
	slurmctld -f "$dir/slurm.conf" && slurmd -f "$dir/slurm.conf" ||
	{ echo "slurm.sh: a daemon does not start" >&2; exit 77; }
for _ in $(seq 100); do
	sinfo -h -o %T 2>/dev/null | grep -q idle && break
	sleep 0.1
done
sinfo -h -o %T 2>/dev/null | grep -q idle || { echo "slurm.sh: the node does not become idle" >&2; exit 77; }
"$@"
