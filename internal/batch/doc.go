// Package batch runs many Lua jobs on one database and keeps an account of each.
//
// A [Spec] says what to run: scripts, and the parameters of each. [Spec.Plan]
// makes the list of jobs of it, [Run] runs them, and a [Folder] is the account
// that stays:
//
//	plan.json        the list of jobs, written before the first one runs
//	journal.jsonl    what happened, a line an event, appended as it happens
//	logs/            what each job printed
//	files/           what jobs wrote on their own
//	report.json      the account, made of plan and journal; see [Report]
//	report.html      the same for people
//	junit.xml        the same for continuous integration
//	results.csv      the rows that jobs returned; see [Table]
//	results.parquet  the same, typed
//
// Plan and journal survive the death of the process at any moment; the rest is
// made of them, again after a resumed run.
//
// batch knows no command line. It may import host, luabind, store and
// gopher-lua.
package batch
