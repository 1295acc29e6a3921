package help

import (
	"strings"

	"microts/internal/batch"
	"microts/internal/compat"
	"microts/luabind"
	"microts/store"
)

// Topic is one thing that users can ask about.
type Topic struct {
	Kind    string   // what it is: "function of micro_ts"
	Names   []string // by which it is found; the first one is its full name: "micro_ts.put"
	Usage   string   // how it is written: "put(db, market, code, ts_us, seq, value)"
	Help    string   // sentences, in Markdown
	Terms   []Term   // what its arguments, options or fields are
	Example string   // one line or more; "" if the usage says it all
}

// Term says what a word in a Topic is.
type Term struct{ Name, Help string }

// Topics returns all topics but those of the console and of the command line, whose
// packages have them: modules first, then functions, then options.
func Topics() []Topic {
	var all []Topic
	all = append(all, moduleTopics()...)
	all = append(all, functionTopics("function of micro_ts", luabind.Functions, "micro_ts", "ts", "db")...)
	all = append(all, functionTopics("method of frames", luabind.FrameMethods, "frame")...)
	all = append(all, functionTopics("method of the groups of a frame", luabind.GroupMethods, "groups")...)
	all = append(all, functionTopics("method of the storage engines", luabind.EngineMethods, "engine", "storage_engine", "storage_engine_v2")...)
	all = append(all, functionTopics("function of libmicro_ts", luabind.CFunctions, "libmicro_ts")...)
	all = append(all, seriesTopics()...)
	all = append(all, functionTopics("method of calendars", luabind.CalendarMethods, "cal", "calendar")...)
	for _, e := range Modules {
		all = append(all, e.topic("function of "+e.module()))
	}
	all = append(all, Topic{
		Kind: "function of the storage engines", Names: []string{"engine.new", "storage_engine.new", "storage_engine_v2.new"},
		Usage: "Engine.new([path ,] [opts]) -> engine", Help: "Makes a storage engine, which `init` opens. `Engine:new` is the same.",
		Terms: optionsOf("engine.new"), Example: engineExample,
	}, Topic{
		Kind: "function of the module storage", Names: []string{"storage.create_engine"}, Usage: "storage.create_engine(opts) -> engine",
		Help: "Makes a storage engine of the `version` in the options: V1 if it is `\"v1\"`, else V2.", Terms: optionsOf("engine.new"),
		Example: storageExample,
	})
	for _, e := range Buffer {
		all = append(all, e.topic("method of a string buffer"))
	}
	for _, m := range batch.Members {
		name, _, _ := strings.Cut(m.Name, "(")
		all = append(all, Topic{Kind: "the global job of microts batch", Names: []string{name}, Usage: m.Name, Help: m.Help, Example: jobExamples[name]})
	}
	for _, e := range library {
		all = append(all, e.topic("Lua's library"))
	}
	for _, f := range luabind.StatFields {
		all = append(all, Topic{Kind: "field of stats", Names: []string{"stats." + f.Name}, Usage: strings.TrimSpace("stats." + f.Name + "  " + f.Unit), Help: f.Help})
	}
	all = append(all, optionTopics()...)
	return append(all, globalTopics()...)
}

// globalTopics returns topics of what is there without a require: the global job, the
// header of a script, and the tables of Lua's library.
func globalTopics() (all []Topic) {
	frame := Topic{
		Kind: "what ticks, bars and joins return", Names: []string{"frame"}, Usage: "f.column  f[i]  #f  f:method(...)",
		Help:    "Columns of one length, most often with a time axis. `f.price` is a series of numbers, or an array of texts; `f[i]` is row i as a table; `#f` is how many rows there are. `f.left_out` counts the ticks that belong to no bar, `f.skipped` the values that did not fit. A frame never changes.",
		Example: `local f = db:ticks("S", 600000)` + "\nprint(#f, f[1].price)",
	}
	for _, m := range luabind.FrameMethods {
		frame.Terms = append(frame.Terms, Term{m.Name, m.Help})
	}
	all = append(all, frame)
	job := Topic{Kind: "global of microts batch", Names: []string{"job"}, Usage: "job", Help: "What a script knows of the job that it is: its parameters, its database, ..."}
	for _, m := range batch.Members {
		job.Terms = append(job.Terms, Term{m.Name, m.Help})
	}
	header := Topic{
		Kind: "first statement of a script, for microts batch", Names: []string{"header"}, Usage: "local header = {name = value, ...}",
		Help: "Says how to run the script. It is read without running the script, so all values are constants.", Example: `local header = {needs = {"load.lua"}, timeout = "5m"}`,
	}
	for _, o := range Options {
		if o.Of == headerOptions {
			header.Terms = append(header.Terms, Term{o.Name, o.Values + ". " + o.Help})
		}
	}
	all = append(all, job, header)
	for _, table := range []string{"string", "table", "math", "io", "os", "coroutine", "debug", "package", "file"} {
		var names []string
		for _, e := range library {
			for _, n := range e.names() {
				if before, last, _ := cutLast(plainName(n)); before == table {
					names = append(names, last)
				}
			}
		}
		all = append(all, Topic{Kind: "Lua's library", Names: []string{table}, Usage: table, Help: "It has " + strings.Join(names, ", ") + "."})
	}
	return all
}

// moduleTopics returns a topic for each module that a script can require.
func moduleTopics() (all []Topic) {
	for _, m := range own {
		all = append(all, m.topic())
	}
	for _, m := range compat.Modules {
		all = append(all, module{m.Name, m.Help, modulesExamples[m.Name]}.topic())
	}
	for i := range all {
		all[i].Help += membersText(all[i].Names[0])
	}
	return all
}

// module is a module that a script can require.
type module struct{ name, help, example string }

func (m module) topic() Topic {
	names := []string{m.name}
	switch m.name {
	case "micro_ts":
		names = append(names, "ts", "db")
	case "storage_engine":
		names = append(names, "engine", "V1")
	case "storage_engine_v2":
		names = append(names, "engine", "V2")
	}
	return Topic{Kind: "module", Names: names, Usage: `require "` + m.name + `"`, Help: m.help, Example: m.example}
}

// own are the modules of internal packages other than compat.
var own = []module{
	{"micro_ts", "Ticks by market, code, time and seq, in a database that is a folder. A function whose first argument is `db` is a method too: `ts.put(db, ...)` is `db:put(...)`.", `local ts = require "micro_ts"
local db = ts.open("data/tick")`},
	{"libmicro_ts", "The functions of the original C library, which work on raw keys. It also sets the global `micro_ts`.", ""},
	{"storage", "Makes a storage engine: `create_engine(config)` is V1 if `config.version` is `\"v1\"`, else V2.", storageExample},
	{"storage_engine", "The storage engine V1: points by symbol, data type and time. Each method returns true and the result, or false and a message.", `local Engine = require "storage_engine"
local engine = Engine:new{data_dir = "data/v1"}
assert(engine:init())`},
	{"storage_engine_v2", "The storage engine V2: points by symbol, data type, time and seq. Each method returns true and the result, or false and a message.", engineExample},
}

const storageExample = `local storage = require "storage"
local engine = storage.create_engine{version = "v2", data_dir = "data/v2"}`

const engineExample = `local Engine = require "storage_engine_v2"
local engine = Engine:new{data_dir = "data/v2"}
assert(engine:init())`

// membersText lists the functions of a module, as a sentence.
func membersText(name string) string {
	var names []string
	functions := func(all []luabind.Function) {
		for _, f := range all {
			names = append(names, f.Name)
		}
	}
	switch name {
	case "micro_ts":
		functions(luabind.Functions)
	case "libmicro_ts":
		functions(luabind.CFunctions)
	case luabind.SeriesName:
		functions(luabind.SeriesFunctions)
	case luabind.IndicatorsName:
		functions(luabind.IndicatorFunctions)
	case "storage_engine", "storage_engine_v2":
		names = append(names, "new")
		functions(luabind.EngineMethods)
	default:
		for _, e := range Modules {
			if e.module() == name && len(e.names()) > 0 {
				for _, n := range e.names() {
					names = append(names, strings.TrimPrefix(n, name+"."))
				}
			}
		}
	}
	if len(names) == 0 || names[0] == name {
		return ""
	}
	return "\nFunctions: " + strings.Join(names, ", ") + "."
}

// functionTopics returns topics of functions that are found behind each of some names.
func functionTopics(kind string, functions []luabind.Function, behind ...string) (all []Topic) {
	for _, f := range functions {
		t := Topic{Kind: kind, Usage: withReturns(f.Usage(), f.Returns), Help: f.Help, Example: examples[behind[0]+"."+f.Name]}
		for _, b := range behind {
			t.Names = append(t.Names, b+"."+f.Name)
			for _, other := range f.Also() {
				t.Names = append(t.Names, b+"."+other)
			}
		}
		for _, arg := range f.Args {
			name := strings.TrimSuffix(arg, "?")
			if help := argumentHelp(behind[0]+"."+f.Name, name); help != "" {
				t.Terms = append(t.Terms, Term{name, help})
			}
		}
		t.Terms = append(t.Terms, optionsOf(behind[0]+"."+f.Name)...)
		all = append(all, t)
	}
	return all
}

func withReturns(usage, returns string) string {
	if returns == "" {
		return usage
	}
	return usage + " -> " + returns
}

// optionTopics returns a topic for each option.
func optionTopics() (all []Topic) {
	for _, o := range Options {
		all = append(all, Topic{Kind: "option of " + o.Of, Names: []string{o.Name}, Usage: o.Name + " = " + o.Values, Help: o.Help})
	}
	for _, o := range store.RocksOptions() {
		t := Topic{Kind: "option of RocksDB, for ts.open and the storage engines", Names: []string{o.Name}, Usage: o.Name + " = " + o.Values}
		if o.Refused != "" {
			t.Usage, t.Help = o.Name, "It cannot be set: "+o.Refused+"."
		}
		all = append(all, t)
	}
	return all
}
