// Package batch runs many Lua jobs on one database and keeps an account of each.
//
// A [Spec] says what to run: scripts, and the parameters of each. [Spec.Plan] makes a
// [Plan] of it, the list of jobs. [Create] makes the run folder, and a [Runner] runs
// the jobs. A job is one script with one set of parameters; an attempt is one try at
// a job; a run is one execution of the plan by one process. The run folder holds
//
//	plan.json        the list of jobs, written before the first one starts
//	journal.jsonl    what happened: a line for each event, appended as it happens
//	rows.bin         the rows that jobs returned; see [Rows]
//	logs/            what each job printed
//	files/           files that jobs wrote
//	report.json      what became of each job; see [Report]
//	report.html      the same for people
//	junit.xml        the same for continuous integration
//	results/         the rows that jobs returned: for each script a CSV file, and a
//	                 Parquet file with the same rows
//	results.csv      the rows of all scripts together, if their columns agree
//	results.parquet  the same, typed
//	rejected/        rows that do not go together with others
//
// Plan and journal survive the death of the process at any moment. [Open] reads them,
// so that another run can resume the jobs. [Folder.WriteReports] makes the other
// files from them, anew after each run.
//
// batch knows no command line.
//
// Of this module it imports internal/archive, internal/calendar, internal/host,
// internal/human, internal/luavm, internal/luavm/syntax, internal/machine,
// internal/source, internal/suggest, internal/tick, luabind and store.
package batch
