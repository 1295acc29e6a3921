package help

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"microts/internal/compat"
	"microts/internal/host"
	"microts/internal/luavm"
	"microts/internal/source"
	"microts/luabind"
)

// newState returns a Lua state, and what it prints.
func newState(t *testing.T) (*host.State, *bytes.Buffer) {
	t.Helper()
	t.Chdir(t.TempDir())
	env, printed := source.NewEnv(), new(bytes.Buffer)
	state := host.New(host.Options{Env: env, Out: host.NewOutput(printed, nil)})
	t.Cleanup(func() {
		_ = state.Close()
		_ = env.Close()
	})
	return state, printed
}

func run(t *testing.T, state *host.State, code string) ([]luavm.Value, error) {
	t.Helper()
	chunk, err := state.LoadString(code, "test")
	if err != nil {
		return nil, err
	}
	return state.Call(chunk)
}

// names makes a script that returns the names of all functions of some modules, one a line.
const names = `
local all = {}
local function add(of, t)
    for k, v in pairs(t) do
        if type(k) == "string" and type(v) == "function" and k:sub(1, 1) ~= "_" then all[#all + 1] = of .. k end
    end
end
add("", _G)
for _, name in ipairs{...} do
    local module = require(name)
    if type(module) == "function" then all[#all + 1] = name else add(name .. ".", module) end
end
add("file.", getmetatable(io.stdout).__index)
return table.concat(all, "\n")`

// TestEveryFunctionHasHelp asks for help on every function that a script finds.
func TestEveryFunctionHasHelp(t *testing.T) {
	state, _ := newState(t)
	modules := []string{"string", "table", "math", "io", "os", "coroutine", "debug", "package", "micro_ts", "storage", "storage_engine", "storage_engine_v2", "libmicro_ts", "series", "ta"}
	for _, m := range compat.Modules {
		modules = append(modules, m.Name)
	}
	chunk, err := state.LoadString(names, "test")
	if err != nil {
		t.Fatal(err)
	}
	results, err := state.Call(chunk, modules...)
	if err != nil {
		t.Fatal(err)
	}
	topics := Topics()
	for name := range strings.SplitSeq(results[0].Text(), "\n") {
		name = strings.Replace(name, "cjson.safe.", "cjson.", 1) // the same functions
		whole := func(topic Topic) bool { return match(plainName(name), topic) == matchesWhole }
		if !slices.ContainsFunc(topics, whole) {
			t.Errorf("there is no help on %s", name)
		}
	}
}

// TestEachTopicOnce checks that nothing has help twice.
func TestEachTopicOnce(t *testing.T) {
	seen := map[string]bool{}
	for _, topic := range Topics() {
		name := topic.Kind + " " + topic.Names[0]
		if seen[name] {
			t.Errorf("there is help on the %s twice", name)
		}
		seen[name] = true
	}
}

// TestHelpIsAboutWhatExists finds every function of the tables in a state.
func TestHelpIsAboutWhatExists(t *testing.T) {
	state, _ := newState(t)
	check := func(name, value string) {
		if _, err := run(t, state, "assert("+value+" ~= nil)"); err != nil {
			t.Errorf("help on %s: %v", name, err)
		}
	}
	for _, e := range library {
		for _, name := range e.names() {
			value, of := strings.CutPrefix(name, "file:")
			if of {
				value = "io.stdout." + value
			}
			check(name, value)
		}
	}
	for _, e := range Modules {
		for _, name := range e.names() {
			value := "require([[" + e.module() + "]])"
			if name != e.module() {
				value += strings.TrimPrefix(name, e.module())
			}
			check(name, value)
		}
	}
	for _, e := range Buffer {
		for _, name := range e.names() {
			check(name, `require("string.buffer").new()`+strings.Replace(strings.TrimPrefix(name, "buffer"), ":", ".", 1))
		}
	}
}

// prelude makes what the examples use.
const prelude = `
ts = require "micro_ts"
db = ts.open("data/%[1]d")
db:put("S", 600000, ts.time("2023-11-14 09:30"), 0, ts.pack_value{price = 105000})
f = db:ticks("S", 600000):with{code = "600000"}
g = db:ticks("S", 600000)
lib = require "libmicro_ts"
engine = require("storage_engine_v2"):new{data_dir = "data/e%[1]d"}
if not initial then assert(engine:init()) end
assert(initial or engine:write_point("600519.SH", {timestamp = 1700000000.25, value = 1}))
job = setmetatable({db = db, params = {window = 5, market = "S", code = 600000}, dir = ".", id = 1, results = function() return next, {} end}, {__index = function() return function() end end})
answer = true
cal = ts.calendar "cn"
t = {}
x = series.new({1, 2, 4, 3, 5}, {10, 20, 30, 40, 50})
y = x + 1
bars = {high = y, low = x, close = x, volume = x}
op = ta.rsi(14)
local f = io.open("ticks.csv", "w") f:write("code,price\n1,2.5\n") f:close()
`

func TestExamplesRun(t *testing.T) {
	state, _ := newState(t)
	archive := "file://" + t.TempDir()
	fresh := false
	for i, topic := range Topics() {
		if topic.Example == "" {
			continue
		}
		name, code := topic.Names[0], strings.ReplaceAll(topic.Example, "s3://bucket/prefix", archive)
		if ends := slices.Contains([]string{"micro_ts.close", "engine.init", "engine.shutdown"}, name); ends || !fresh {
			code = fmt.Sprintf("initial = %v\n", name == "engine.init") + fmt.Sprintf(prelude, i) + code
			fresh = !ends
		}
		if _, err := run(t, state, code); err != nil {
			t.Errorf("the example of %s: %v\n%s", name, err, topic.Example)
		}
	}
}

// TestEachFunctionHasAnExample holds the examples and the functions of luabind together,
// and explains each argument.
func TestEachFunctionHasAnExample(t *testing.T) {
	needed := map[string]bool{}
	for of, functions := range map[string][]luabind.Function{
		"micro_ts": luabind.Functions, "engine": luabind.EngineMethods, "libmicro_ts": luabind.CFunctions,
		"frame": luabind.FrameMethods, "groups": luabind.GroupMethods, "cal": luabind.CalendarMethods,
		"series": slices.Concat(luabind.SeriesFunctions, luabind.SeriesMethods), "roll": luabind.RollMethods, "ewm": luabind.EwmMethods,
		"ta": luabind.IndicatorFunctions, "op": luabind.OperatorMethods,
	} {
		for _, f := range functions {
			name := of + "." + f.Name
			needed[name] = true
			if examples[name] == "" {
				t.Errorf("%s has no example", name)
			}
			for _, arg := range f.Args {
				if arg = strings.TrimSuffix(arg, "?"); arg != "db" && arg != "engine" && arg != "frame" && arg != "groups" && arg != "cal" && arg != "text" && argumentHelp(name, arg) == "" {
					t.Errorf("%s: the argument %s is not explained", name, arg)
				}
			}
			if (slices.Contains(f.Args, "opts?") || slices.Contains(f.Args, "opts")) && len(optionsOf(name)) == 0 {
				t.Errorf("%s takes options, and none are explained", name)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(examples)) {
		if !needed[name] {
			t.Errorf("there is an example of %s, which is no function", name)
		}
	}
}

// TestOptionsAreAllOptions compares the options of csv with those that an error of it lists.
func TestOptionsAreAllOptions(t *testing.T) {
	state, _ := newState(t)
	for function, call := range map[string]string{
		"csv.parse":         `require("csv").parse("", {zzzzzzzzz = 1})`,
		"micro_ts.put_many": `local ts = require "micro_ts" ts.open("data"):put_many("S", 1, {}, {zzzzzzzzz = 1})`,
	} {
		_, err := run(t, state, call)
		if err == nil {
			t.Fatalf("%s takes any option", function)
		}
		_, list, _ := strings.Cut(err.Error(), "there are ")
		list, _, _ = strings.Cut(list, "\n")
		known := strings.Split(strings.Trim(list, ")"), ", ")
		var told []string
		for _, o := range optionsOf(function) {
			told = append(told, o.Name)
		}
		slices.Sort(known)
		slices.Sort(told)
		if !slices.Equal(known, told) {
			t.Errorf("%s has the options %q, and help tells %q", function, known, told)
		}
	}
}

func TestFind(t *testing.T) {
	topics := append(Topics(), Topic{Kind: "command of the console", Names: []string{".open"}}, Topic{Kind: "flag", Names: []string{"--dry-run"}})
	for name, want := range map[string]string{
		"put":                "micro_ts.put engine.put buffer:put",
		"ts.put":             "micro_ts.put",
		"db:put":             "micro_ts.put",
		"db:put()":           "micro_ts.put",
		"micro_ts.put":       "micro_ts.put",
		"handle:put_many":    "micro_ts.put_many",
		"engine:put":         "engine.put",
		"storage_engine.put": "engine.put",
		`require "csv"`:      "csv",
		"csv.parse":          "csv.parse",
		"CSV.Parse":          "csv.parse",
		"string.rep":         "string.rep",
		"string.buffer":      "string.buffer",
		"job.retry":          "job.retry",
		"retry":              "job.retry",
		"durability":         "durability stats.durability",
		"write_buffer_size":  "write_buffer_size",
		".open":              ".open",
		"dry-run":            "--dry-run",
		"sha512":             "sha.sha256",
		"engine":             "storage_engine storage_engine_v2 stats.engine",
		"v2":                 "storage_engine_v2",
		"job":                "job",
		"header":             "header header header",
		"string":             "string ffi.string",
		"disk_bytes":         "stats.disk_bytes",
		"storage_engine_v2":  "storage_engine_v2",
	} {
		found, err := Find(name, topics)
		var names []string
		for _, f := range found {
			names = append(names, f.Names[0])
		}
		if got := strings.Join(names, " "); err != nil || got != want {
			t.Errorf("help on %q is on %q (%v), not on %q", name, got, err, want)
		}
	}
}

func TestFindSuggests(t *testing.T) {
	for name, want := range map[string]string{
		"putmany":   "no help on putmany; did you mean put_many?",
		"durabilty": "no help on durabilty; did you mean durability?",
		"csv.pars":  "csv has no pars; did you mean csv.parse?",
		"csv.wrong": "csv has no wrong; it has parse, lines, encode",
		"ta.rs":     "ta has no rs; did you mean ta.rsi?",
		"f:asfo":    "no help on f:asfo; did you mean asof?",
		"nonsense":  "no help on nonsense",
	} {
		if _, err := Find(name, Topics()); err == nil || err.Error() != want {
			t.Errorf("help on %q\n got %v\nwant %s", name, err, want)
		}
	}
	if _, err := Find("statistic", Topics()); err == nil || !strings.Contains(err.Error(), "get_statistics") {
		t.Errorf("help on a part of a name: %v", err)
	}
}

// TestArgumentsAreThoseOfTheFunction: one name may mean something else in other functions.
func TestArgumentsAreThoseOfTheFunction(t *testing.T) {
	for function, want := range map[string]string{
		"ts.bars":      "from     time in µs",
		"ts.merge":     "to           time in µs",
		"x:slice":      "from  number of a row",
		"frame.window": "from        how long before",
		"frame.where":  "every number but 0 and NaN",
		"x:where":      "0 and NaN count as false",
		"ta.vwap":      "price   series or table",
	} {
		found, err := Find(function, Topics())
		if err != nil || !strings.Contains(Text(found), want) {
			t.Errorf("help on %s (%v) does not say %q:\n%s", function, err, want, Text(found))
		}
	}
}

// TestTextFits holds every topic to lines of Width columns without Markdown.
func TestTextFits(t *testing.T) {
	for _, topic := range Topics() {
		text := topic.Text()
		for line := range strings.Lines(text) {
			line = strings.TrimRight(line, "\n")
			if n := utf8.RuneCountInString(line); n > Width || strings.Contains(line, "`") {
				t.Errorf("help on %s: %d columns: %s", topic.Names[0], n, line)
			}
		}
		if topic.Usage == "" || topic.Kind == "" || topic.Help == "" && !strings.HasPrefix(topic.Kind, "option of RocksDB") {
			t.Errorf("help on %s lacks something:\n%s", topic.Names[0], text)
		}
	}
}

func TestMain(m *testing.M) {
	os.Unsetenv("LUA_PATH")
	os.Unsetenv("LUA_INIT")
	os.Exit(m.Run())
}
