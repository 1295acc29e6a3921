package batch

// Member is a field or a function of the global job.
type Member struct {
	Name string // as scripts write it: "job.params"
	Help string // in Markdown
}

// Members are the fields and functions of the global job, for help and documents.
var Members = []Member{
	{"job.id", "The number of the job, from 1 on. It is the same in every shard and every resumed run."},
	{"job.name", "Script and parameters, as in `factors[code=600000]`."},
	{"job.params", "A table of the parameters: strings, numbers and booleans."},
	{"job.attempt", "1 in the first attempt, one more in each retry and each resumed run."},
	{"job.db", "The database of `--db`. It is opened when the script first uses it; the handle is the job's own."},
	{"job.dir", "The run folder's `files/`, where every job may write."},
	{"job.results(script?)", "Iterates over the rows that the jobs of a script in the header's `needs` returned, or those of all jobs that this one needs: `for row in job.results(\"load.lua\") do`. A row is a table with `job_id`, the parameters of its job, and what the job returned. `ts.frame(job.results(\"load.lua\"))` makes a frame of them."},
	{"job.log(...)", "Writes a line, with the time, into the job's log."},
	{"job.progress(done, total)", "Reports how much of the job is done, in any unit. The display shows rate and ETA."},
	{"job.retry(message)", "Raises an error that lets the job try again, if it has retries left. `error{retryable = true, message = ...}` does the same."},
}
