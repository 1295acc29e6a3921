package luabind

import (
	"slices"
	"strings"

	"microts/internal/luavm"
)

// Also returns the other names of a method of the storage engines, in alphabetical order.
func (f *Function) Also() (names []string) {
	if len(f.Args) == 0 || f.Args[0] != engineArg {
		return nil
	}
	for other, name := range engineAliases {
		if name == f.Name {
			names = append(names, other)
		}
	}
	slices.Sort(names)
	return names
}

// HelpOf returns the text of the function that a script finds under name in a
// value: the module micro_ts, series or ta, a database handle, a calendar, a storage engine
// or its class, a series, windows of one, or an operator. It returns "" if the value is
// none of these or has no such function.
func HelpOf(s *luavm.State, of luavm.Value, name string) string {
	if f := find(FunctionsOf(s, of), name); f != nil {
		return f.Text()
	}
	return ""
}

// FunctionsOf returns the functions that a script finds in a value; nil if it is none of
// those that HelpOf knows.
func FunctionsOf(s *luavm.State, of luavm.Value) []Function {
	functions := functionsOfSeries(ofState(s), of)
	switch t, _ := of.AsTable(); {
	case functions != nil:
	case Source(of) != nil, t != nil && !t.GetString(packRowSig.name).IsNil():
		functions = Functions
	case t != nil && (!t.GetStr(engineKey).IsNil() || slices.Contains(ofState(s).classes[:], t)):
		functions = EngineMethods
	case Frame(of) != nil:
		functions = FrameMethods
	case isGroups(of):
		functions = GroupMethods
	case Calendar(of) != nil:
		functions = CalendarMethods
	}
	return functions
}

func isGroups(v luavm.Value) bool {
	_, ok := v.Data().(*groupsValue)
	return ok
}

// FunctionsOfResult returns the methods of what a function returns first, as its Returns
// tells; nil if that has none. f points into what FunctionsOf or FunctionsOfResult returned.
func FunctionsOfResult(f *Function) []Function {
	for i := range IndicatorFunctions {
		if f == &IndicatorFunctions[i] {
			return SeriesMethods // if columns are given
		}
	}
	first, _, _ := strings.Cut(f.Returns, ",")
	switch word, _, _ := strings.Cut(first, " "); word {
	case "db":
		return Functions
	case "frame":
		return FrameMethods
	case "groups":
		return GroupMethods
	case "series", "mask":
		return SeriesMethods
	case "roll":
		return RollMethods
	case "ewm":
		return EwmMethods
	case "calendar":
		return CalendarMethods
	}
	return nil
}

// functionsOfSeries returns the functions of the modules series and ta, and of what they
// make; nil of another value.
func functionsOfSeries(m *Module, of luavm.Value) []Function {
	if t, ok := of.AsTable(); ok {
		return m.strictModules[t]
	}
	switch of.Data().(type) {
	case *seriesValue:
		return SeriesMethods
	case *rollValue:
		return RollMethods
	case *ewmValue:
		return EwmMethods
	case *operatorValue:
		return OperatorMethods
	}
	return nil
}
