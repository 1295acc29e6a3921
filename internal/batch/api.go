package batch

// Member is a field or a function of the global job.
type Member struct {
	Name string // as it is used: "job.params"
	Help string
}

// Members are what the global job has.
var Members = []Member{
	{"job.id", "The place of the job in the list, from 1 on; the same in each shard and each resumed run."},
	{"job.name", "Script and parameters, as in `factors[code=600000]`."},
	{"job.params", "A table of the parameters: strings, numbers and booleans."},
	{"job.attempt", "1, and one more with each retry and each resumed run."},
	{"job.db", "The database of `--db`, opened when it is first asked for; a handle of the job's own."},
	{"job.dir", "The folder `files/` of the run, where all jobs may write."},
	{"job.log(...)", "Writes a line with the time into the job's log."},
	{"job.progress(done, total)", "Says how far the job is, in any unit: the console shows rate and ETA."},
	{"job.retry(message)", "Raises an error for which the job is tried again, where retries are left; so does `error{retryable = true, message = ...}`."},
}
