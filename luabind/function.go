package luabind

import (
	"slices"
	"strings"

	"microts/internal/luavm"
)

// Function is one function that a script can call.
type Function struct {
	Name    string
	Args    []string // names in order; an optional one ends in "?", and may have a preset: "n=14?"
	Returns string   // "" if it returns nothing
	Help    string   // one sentence or more, as Markdown
	Method  bool     // whether a script can call it as a method of the first argument

	call luavm.Native
}

// signature is the names of a function and of its arguments. The function's body uses
// it to check its arguments (args.go) and to throw errors (errors.go).
type signature struct {
	name string
	args []string // see Function.Args
}

func newSignature(name string, args ...string) signature { return signature{name, args} }

// arg returns the name of argument i, from 1.
func (s *signature) arg(i int) string { return ArgName(s.args[i-1]) }

// ArgName returns the name of one of Function.Args.
func ArgName(arg string) string {
	name, _, _ := strings.Cut(strings.TrimSuffix(arg, "?"), "=")
	return name
}

// receivers are the first arguments of methods that are only called as methods.
var receivers = []string{engineArg, calendarArg, frameArg, groupsArg, seriesArg, rollArg, ewmArg, operatorArg}

// define returns the Function of a signature and of the body that uses it.
func define(sig *signature, call luavm.Native, method bool, returns, help string) Function {
	return Function{Name: sig.name, Args: sig.args, Returns: returns, Help: help, Method: method, call: call}
}

// Usage returns how a script calls the function, such as
// "get(db, market, code, ts_us [, seq])" or "engine:get(key [, cf])".
func (f *Function) Usage() string {
	var b strings.Builder
	args := f.Args
	if len(args) > 0 && slices.Contains(receivers, args[0]) {
		b.WriteString(args[0] + ":")
		args = args[1:]
	}
	b.WriteString(f.Name + "(")
	open := 0
	for i, arg := range args {
		name, optional := strings.CutSuffix(arg, "?")
		switch {
		case optional && i == 0:
			b.WriteString("[")
			open++
		case optional:
			b.WriteString(" [, ")
			open++
		case i > 0:
			b.WriteString(", ")
		}
		b.WriteString(name)
	}
	b.WriteString(strings.Repeat("]", open) + ")")
	return b.String()
}

// Text returns what a script calls and gets, and what the function does, in two
// lines.
func (f *Function) Text() string {
	returns := ""
	if f.Returns != "" {
		returns = " -> " + f.Returns
	}
	return f.Usage() + returns + "\n" + f.Help
}

// Lookup returns the function of micro_ts that has the name, or nil.
func Lookup(name string) *Function { return find(Functions, name) }

// CFunction returns the function of libmicro_ts that has the name, which must be
// in CFunctions.
func CFunction(name string) luavm.Native { return find(CFunctions, name).call }

func find(functions []Function, name string) *Function {
	i := slices.IndexFunc(functions, func(f Function) bool { return f.Name == name })
	if i < 0 {
		return nil
	}
	return &functions[i]
}
